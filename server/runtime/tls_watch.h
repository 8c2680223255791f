#ifndef WEBHOOKS_SERVER_RUNTIME_TLS_WATCH_H_
#define WEBHOOKS_SERVER_RUNTIME_TLS_WATCH_H_

#include <atomic>
#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/runtime/file_watch.h"
#include "server/runtime/tls_material.h"

namespace webhooks {

// Keeps TLS material up to date with its files (see FileWatch). If changed
// files cannot be used, logs a line once and keeps the old material; also keeps
// it while a new certificate is not yet valid or has expired. Thread-safe.
class TlsWatch {
 public:
  static constexpr absl::Duration kInterval = FileWatch<TlsMaterial>::kInterval;

  using Clock = std::function<absl::Time()>;

  // Returns null if there are no files. Fails as ReadTlsFiles and CheckTls do.
  static absl::StatusOr<std::unique_ptr<TlsWatch>> Start(
      const TlsFiles& files, absl::Duration interval = kInterval,
      Clock clock = &absl::Now);

  // Returns the current material. The object changes only when its content
  // does.
  std::shared_ptr<const TlsMaterial> current() const;

  // Returns true if the files have changed and cannot be used.
  bool is_refused() const { return is_refused_; }

  bool has_certificate() const { return !files_.certificate.empty(); }

  // Returns true if the other side must have a certificate.
  bool has_authorities() const { return !files_.authorities.empty(); }

 private:
  TlsWatch(TlsFiles files, absl::Duration interval, Clock clock,
           TlsMaterial first);

  // Uses the new material if it is valid. Returns false if it may become valid
  // later.
  bool Adopt(const absl::StatusOr<TlsMaterial>& found);
  // Logs an error that differs from the last one. OK: the files can be used.
  void Refuse(const absl::Status& why);

  const TlsFiles files_;
  const Clock clock_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const TlsMaterial> current_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> is_refused_ = false;
  absl::Status refused_;  // the last logged error; used by Adopt alone
  FileWatch<TlsMaterial> watch_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_TLS_WATCH_H_
