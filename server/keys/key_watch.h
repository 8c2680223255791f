#ifndef WEBHOOKS_SERVER_KEYS_KEY_WATCH_H_
#define WEBHOOKS_SERVER_KEYS_KEY_WATCH_H_

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/call/admission.h"
#include "server/runtime/entropy.h"
#include "server/runtime/file_watch.h"
#include "storage/sealing/secret_key.h"
#include "storage/upkeep.h"

namespace webhooks::server {

// Keeps the secret keys and the administrators' key up to date with their
// files. If a changed file cannot be used, logs an error once and keeps the old
// keys. A file with secret keys cannot be used while the database needs a key
// that it lacks; it is used once the database no longer needs that key. An
// empty file of the administrators' key gets a new key, as at a start.
// Thread-safe.
class KeyWatch {
 public:
  static constexpr absl::Duration kInterval = FileWatch<std::string>::kInterval;

  // The files, and the keys of them that are in use.
  struct Keys {
    std::string secret_key_file;
    SecretKeys secret_keys;
    std::string admin_key_file;
    std::string admin_key;
  };

  // All references must outlive this.
  KeyWatch(Keys keys, Upkeep& store, AdminKey& admin_key, Entropy& entropy,
           absl::Duration interval = kInterval);

  // Return true if the file has changed and cannot be used.
  bool is_secret_key_file_refused() const { return secret_refused_.is_set; }
  bool is_admin_key_file_refused() const { return admin_refused_.is_set; }

 private:
  // The error of a file, which is logged when it changes.
  struct Refusal {
    std::atomic<bool> is_set = false;
    absl::Status status;  // used by one thread
  };

  bool AdoptSecretKeys();
  bool AdoptAdminKey(const absl::StatusOr<std::string>& content);
  // Logs an error that differs from the last one. OK: the file can be used.
  static void Refuse(absl::Status status, Refusal& refusal);

  Upkeep& store_;
  AdminKey& admin_;
  Entropy& entropy_;
  // Each part is used by one of the watches.
  Keys keys_;
  Refusal secret_refused_;
  Refusal admin_refused_;
  FileWatch<std::string> secret_keys_;
  FileWatch<std::string> admin_key_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_KEYS_KEY_WATCH_H_
