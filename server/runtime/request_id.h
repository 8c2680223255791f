#ifndef WEBHOOKS_SERVER_RUNTIME_REQUEST_ID_H_
#define WEBHOOKS_SERVER_RUNTIME_REQUEST_ID_H_

#include <string>

#include "absl/strings/string_view.h"

// The id of a request in both processes and their logs.
namespace webhooks {

// Returns `given` if it is valid (1 to 128 visible ASCII characters), else a
// new random id of 32 hexadecimal digits.
std::string RequestIdOr(absl::string_view given);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_REQUEST_ID_H_
