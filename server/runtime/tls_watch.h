#ifndef WEBHOOKS_SERVER_RUNTIME_TLS_WATCH_H_
#define WEBHOOKS_SERVER_RUNTIME_TLS_WATCH_H_

#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/runtime/tls_material.h"

namespace webhooks {

// Keeps TLS material up to date with its files. Reads the files every
// `interval`, so it does not matter how they are replaced. Uses a change once
// the files stay the same for `interval`, so that a certificate and its key are
// read together. If they cannot be used, logs a line once and keeps the old
// material; also keeps it while a new certificate is not yet valid or has
// expired. Thread-safe.
class TlsWatch {
 public:
  static constexpr absl::Duration kInterval = absl::Milliseconds(500);

  using Clock = std::function<absl::Time()>;

  // Returns null if there are no files. Fails as ReadTlsFiles and CheckTls do.
  static absl::StatusOr<std::unique_ptr<TlsWatch>> Start(
      const TlsFiles& files, absl::Duration interval = kInterval,
      Clock clock = &absl::Now);

  ~TlsWatch();

  // Returns the current material. The object changes only when its content
  // does.
  std::shared_ptr<const TlsMaterial> current() const;

  // Returns true if the other side must have a certificate.
  bool has_authorities() const { return !files_.authorities.empty(); }

 private:
  TlsWatch(TlsFiles files, absl::Duration interval, Clock clock,
           TlsMaterial first);

  void Run();
  void CheckFiles();
  // Uses the new material if it is valid. Returns false if it may become valid
  // later.
  bool Adopt(const absl::StatusOr<TlsMaterial>& found);
  void Refuse(const absl::Status& why);

  const TlsFiles files_;
  const absl::Duration interval_;
  const Clock clock_;
  mutable absl::Mutex mutex_;
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const TlsMaterial> current_ ABSL_GUARDED_BY(mutex_);
  // Used only by thread_: the files as last read, the last ones that Adopt has
  // accepted or refused, and the last logged error.
  absl::StatusOr<TlsMaterial> found_;
  absl::StatusOr<TlsMaterial> decided_;
  absl::Status refused_;
  std::thread thread_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_TLS_WATCH_H_
