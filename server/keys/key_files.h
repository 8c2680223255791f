#ifndef WEBHOOKS_SERVER_KEYS_KEY_FILES_H_
#define WEBHOOKS_SERVER_KEYS_KEY_FILES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/runtime/entropy.h"
#include "storage/sealing/secret_key.h"

// The files that keys lie in. One that is absent or empty is made, with a new
// key and mode 0600, before anything uses that key. Messages are for the
// operator and name the file. INVALID_ARGUMENT: the file holds something else.
// PERMISSION_DENIED, NOT_FOUND, ...: it cannot be read or written.
namespace webhooks::server {

// Returns the key in such a file; nothing where the file is absent or empty.
absl::StatusOr<std::optional<std::string>> ReadApiKey(const std::string& path);
absl::StatusOr<std::optional<std::string>> ReadAdminKey(
    const std::string& path);
// FAILED_PRECONDITION: the file holds something else.
absl::StatusOr<std::optional<SecretKeys>> ReadSecretKeys(
    const std::string& path);

// The API key of the first project, in one line.
absl::StatusOr<std::string> TakeOrMakeApiKey(const std::string& path,
                                             Entropy& entropy);

// The key of administrators, in one line.
absl::StatusOr<std::string> TakeOrMakeAdminKey(const std::string& path,
                                               Entropy& entropy);

// FAILED_PRECONDITION: the database needs the keys that the file at `path`
// held.
absl::Status SecretKeysLost(absl::string_view path);

// The keys that secrets are sealed under: see ParseSecretKeys. `must_exist`: no
// new one would do. FAILED_PRECONDITION: but there is none, or as
// ReadSecretKeys.
absl::StatusOr<SecretKeys> TakeOrMakeSecretKeys(const std::string& path,
                                                bool must_exist,
                                                Entropy& entropy);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_KEYS_KEY_FILES_H_
