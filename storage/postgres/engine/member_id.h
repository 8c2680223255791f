#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_MEMBER_ID_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_MEMBER_ID_H_

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/random/random.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::postgres {

// Returns 16 random bytes, for the id of a server or of a connection.
inline std::string RandomId() {
  std::string id(16, '\0');
  absl::BitGen random;
  for (char& byte : id) {
    byte = static_cast<char>(absl::Uniform<unsigned>(random, 0, 256));
  }
  return id;
}

// The id of this server among those of the database: 16 bytes. A server that
// was declared dead gets another one. Thread-safe.
class MemberId {
 public:
  std::string Get() const {
    absl::MutexLock lock(&mutex_);
    return id_;
  }
  void Set(std::string id) {
    absl::MutexLock lock(&mutex_);
    id_ = std::move(id);
  }

 private:
  mutable absl::Mutex mutex_;
  std::string id_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_MEMBER_ID_H_
