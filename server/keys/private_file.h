#ifndef WEBHOOKS_SERVER_KEYS_PRIVATE_FILE_H_
#define WEBHOOKS_SERVER_KEYS_PRIVATE_FILE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Small files that only their owner may read. Messages are for the operator and
// name the file.
namespace webhooks::server {

// Returns the content of the file `path`; nothing where it is absent or empty.
// The log warns where others may read it. PERMISSION_DENIED, INVALID_ARGUMENT,
// ...: it cannot be read, as of ReadSmallFile.
absl::StatusOr<std::optional<std::string>> ReadPrivateFile(
    const std::string& path);

// Makes the file `path` with mode 0600, or replaces it: whole or not at all,
// and so that it survives the machine. PERMISSION_DENIED, NOT_FOUND, ...: it
// cannot be written.
absl::Status WritePrivateFile(const std::string& path,
                              absl::string_view content);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_KEYS_PRIVATE_FILE_H_
