#ifndef WEBHOOKS_STORAGE_SEALING_SEALER_H_
#define WEBHOOKS_STORAGE_SEALING_SEALER_H_

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "storage/sealing/secret_key.h"

namespace webhooks {

// Seals secrets with AES-256-GCM (NIST SP 800-38D), so that the database alone
// tells none, and binds each to the record that it belongs to. Thread-safe.
//
// Sealed text is: a version byte (1), the 8 bytes of the key's id, a random
// nonce of 12 bytes, the ciphertext, and the tag of 16 bytes.
class Sealer {
 public:
  // At least one key: the first seals, all open.
  explicit Sealer(SecretKeys keys);

  // Seals `text` for the record that `owner` names, which is authenticated with
  // it and not part of the result. Every call gives another result.
  std::string Seal(absl::string_view text, absl::string_view owner) const;

  // The text that was sealed for `owner`; nothing where `sealed` is damaged,
  // was sealed for another or under a key that is not known.
  std::optional<std::string> Open(absl::string_view sealed,
                                  absl::string_view owner) const;

  // Returns true if `sealed` was sealed under the first key.
  bool IsNewest(absl::string_view sealed) const;

  // The id of the first key.
  const SecretKey::Id& sealing_key() const { return sealing_key_; }
  bool Has(const SecretKey::Id& key) const { return keys_.contains(key); }
  // The ids of all keys, in order.
  std::vector<SecretKey::Id> key_ids() const;

 private:
  absl::flat_hash_map<SecretKey::Id, SecretKey> keys_;
  const SecretKey::Id sealing_key_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_SEALING_SEALER_H_
