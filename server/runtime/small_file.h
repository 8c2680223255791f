#ifndef WEBHOOKS_SERVER_RUNTIME_SMALL_FILE_H_
#define WEBHOOKS_SERVER_RUNTIME_SMALL_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace webhooks {

// Returns the content of the regular file `path`, at most 1 MiB. NOT_FOUND,
// PERMISSION_DENIED, ... for an error of the system; INVALID_ARGUMENT if it is
// not a regular file, or larger. Messages name the file.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_SMALL_FILE_H_
