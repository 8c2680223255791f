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

// A key that secrets are sealed under at rest: AES-256.
struct SecretKey {
  using Id = std::array<std::uint8_t, 8>;

  std::array<std::uint8_t, 32> bytes;

  // Names the key without telling it: the first bytes of its SHA-256.
  Id id() const;
};

// The id in hexadecimal, for people.
std::string FormatKeyId(const SecretKey::Id& id);

// The keys that seal and open what a store keeps: the first seals, all open.
using SecretKeys = std::vector<SecretKey>;

// Reads the text of a key file: the base64 of 32 bytes in each line; empty
// lines and those that begin with '#' are passed over. INVALID_ARGUMENT tells
// the line that is something else, or that there is no key; no key is repeated
// in it.
absl::StatusOr<SecretKeys> ParseSecretKeys(absl::string_view text);

// `key` as a line of a key file, without its end.
std::string FormatSecretKey(const SecretKey& key);

// Gives a store the keys to use. `must_exist`: the database holds what is
// sealed already, so that a new key would not do.
using SecretKeySource =
    std::function<absl::StatusOr<SecretKeys>(bool must_exist)>;

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_SEALING_SECRET_KEY_H_
