#ifndef WEBHOOKS_SERVER_KEYS_KEY_FILES_H_
#define WEBHOOKS_SERVER_KEYS_KEY_FILES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/runtime/entropy.h"
#include "storage/sealing/secret_key.h"

// Reads and creates key files. The TakeOrMake functions create a file that is
// absent or empty, with a new key and mode 0600; callers in several processes
// on one machine get the same key. Messages are for the operator and name the
// file. INVALID_ARGUMENT if the file has other content; PERMISSION_DENIED,
// NOT_FOUND, ... if it cannot be read or written.
namespace webhooks::server {

// Return the key in the file; nullopt if the file is absent or empty.
absl::StatusOr<std::optional<std::string>> ReadApiKey(const std::string& path);
absl::StatusOr<std::optional<std::string>> ReadAdminKey(
    const std::string& path);
// Does the same for secret keys. FAILED_PRECONDITION if the file has other
// content.
absl::StatusOr<std::optional<SecretKeys>> ReadSecretKeys(
    const std::string& path);

// Returns the API key of the first project.
absl::StatusOr<std::string> TakeOrMakeApiKey(const std::string& path,
                                             Entropy& entropy);

// Returns the administrators' key.
absl::StatusOr<std::string> TakeOrMakeAdminKey(const std::string& path,
                                               Entropy& entropy);

// Returns the FAILED_PRECONDITION error for a database that needs keys of the
// file at `path`, which is gone.
absl::Status SecretKeysLost(absl::string_view path);

// Returns the keys that encrypt secrets; see ParseSecretKeys. Does not create a
// key if `must_exist`, but returns FAILED_PRECONDITION (SecretKeysLost).
absl::StatusOr<SecretKeys> TakeOrMakeSecretKeys(const std::string& path,
                                                bool must_exist,
                                                Entropy& entropy);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_KEYS_KEY_FILES_H_
