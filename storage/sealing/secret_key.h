#ifndef WEBHOOKS_STORAGE_SEALING_SECRET_KEY_H_
#define WEBHOOKS_STORAGE_SEALING_SECRET_KEY_H_

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace webhooks {

// An AES-256 key that encrypts secrets at rest.
struct SecretKey {
  using Id = std::array<std::uint8_t, 8>;

  std::array<std::uint8_t, 32> bytes;

  // Identifies the key without revealing it: the first bytes of its SHA-256.
  Id id() const;

  bool operator==(const SecretKey&) const = default;
};

// Returns the id in hexadecimal.
std::string FormatKeyId(const SecretKey::Id& id);

// The keys of a store: the first seals, all open.
using SecretKeys = std::vector<SecretKey>;

// Parses the text of a key file: the base64 of 32 bytes in each line. Ignores
// empty lines and lines that begin with '#'. INVALID_ARGUMENT: a line is
// invalid, or there is no key; the message names the line and shows no key.
absl::StatusOr<SecretKeys> ParseSecretKeys(absl::string_view text);

// Formats `key` as a line of a key file, without the newline.
std::string FormatSecretKey(const SecretKey& key);

// Returns the keys for a store. `must_exist` is true if the database has sealed
// texts, which a new key could not open.
using SecretKeySource =
    std::function<absl::StatusOr<SecretKeys>(bool must_exist)>;

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_SEALING_SECRET_KEY_H_
