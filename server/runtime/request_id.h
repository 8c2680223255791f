#ifndef WEBHOOKS_SERVER_RUNTIME_REQUEST_ID_H_
#define WEBHOOKS_SERVER_RUNTIME_REQUEST_ID_H_

#include <string>

#include "absl/strings/string_view.h"

// The id that follows one request through both processes and their logs.
namespace webhooks {

// `given` where it is fit to be one (1 to 128 visible ASCII characters), or a
// new random id of 32 hex digits.
std::string RequestIdOr(absl::string_view given);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_REQUEST_ID_H_
