#ifndef WEBHOOKS_STORAGE_SEALING_SEALER_H_
#define WEBHOOKS_STORAGE_SEALING_SEALER_H_

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "storage/sealing/secret_key.h"

namespace webhooks {

// Encrypts secrets with AES-256-GCM (NIST SP 800-38D), so that the database
// alone reveals none, and binds each to its record. Thread-safe.
//
// Sealed text is a version byte (1), the 8 bytes of the key's id, a random
// nonce of 12 bytes, the ciphertext, and the tag of 16 bytes.
class Sealer {
 public:
  // The first of `keys` seals, all open. At least one is required.
  explicit Sealer(SecretKeys keys);

  // Seals `text` for the record that `owner` identifies, which is authenticated
  // but not part of the result. Every call returns another result.
  std::string Seal(absl::string_view text, absl::string_view owner) const;

  // Returns the text that was sealed for `owner`; nullopt if `sealed` is
  // damaged, or was sealed for another owner or under an unknown key.
  std::optional<std::string> Open(absl::string_view sealed,
                                  absl::string_view owner) const;

  // Returns true if `sealed` was sealed under the first key.
  bool IsNewest(absl::string_view sealed) const;

  // Returns the id of the first key.
  const SecretKey::Id& sealing_key() const { return sealing_key_; }
  bool Has(const SecretKey::Id& key) const { return keys_.contains(key); }
  // Returns the ids of all keys, in order.
  std::vector<SecretKey::Id> key_ids() const;

 private:
  absl::flat_hash_map<SecretKey::Id, SecretKey> keys_;
  const SecretKey::Id sealing_key_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_SEALING_SEALER_H_
