#ifndef WEBHOOKS_SERVER_KEY_FILE_H_
#define WEBHOOKS_SERVER_KEY_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/call/entropy.h"

namespace webhooks::server {

// The API key in the file `path`, in one line; or, if it is absent or empty, a
// new one that now stands there with mode 0600 and survives the machine.
// Messages are for the operator and name the file. INVALID_ARGUMENT: the file
// holds something else. PERMISSION_DENIED, NOT_FOUND, ...: it cannot be read or
// written.
absl::StatusOr<std::string> TakeOrMakeKey(const std::string& path,
                                          Entropy& entropy);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_KEY_FILE_H_
