#ifndef WEBHOOKS_STORAGE_SEALING_SEALER_H_
#define WEBHOOKS_STORAGE_SEALING_SEALER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
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
  explicit Sealer(const SecretKeys& keys);

  // Replaces the keys. Calls in progress go on with the old ones.
  void Replace(const SecretKeys& keys);

  // Seals `text` for the record that `owner` identifies, which is authenticated
  // but not part of the result. Every call returns another result.
  std::string Seal(absl::string_view text, absl::string_view owner) const;

  // Returns the text that was sealed for `owner`; nullopt if `sealed` is
  // damaged, or was sealed for another owner or under an unknown key.
  std::optional<std::string> Open(absl::string_view sealed,
                                  absl::string_view owner) const;

  // Returns the id of the key that `sealed` was sealed under; nullopt if it has
  // not the form of sealed text.
  static std::optional<SecretKey::Id> KeyOf(absl::string_view sealed);

  // Returns true if `sealed` was sealed under the first key.
  bool IsNewest(absl::string_view sealed) const;

  // Returns the id of the first key.
  SecretKey::Id sealing_key() const { return current()->sealing_key; }
  bool Has(const SecretKey::Id& key) const {
    return current()->by_id.contains(key);
  }
  // Returns the ids of all keys, in order.
  std::vector<SecretKey::Id> key_ids() const;

 private:
  struct Keys {
    explicit Keys(const SecretKeys& keys);

    absl::flat_hash_map<SecretKey::Id, SecretKey> by_id;
    SecretKey::Id sealing_key;
  };

  std::shared_ptr<const Keys> current() const {
    absl::ReaderMutexLock lock(&mutex_);
    return keys_;
  }

  mutable absl::Mutex mutex_;
  std::shared_ptr<const Keys> keys_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_SEALING_SEALER_H_
