#ifndef WEBHOOKS_SERVER_RUNTIME_TLS_WATCH_H_
#define WEBHOOKS_SERVER_RUNTIME_TLS_WATCH_H_

#include <memory>
#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/runtime/tls_material.h"

namespace webhooks {

// What TLS goes by, kept as the files have it. They are read again and again
// (so it does not matter how they are replaced), and what has changed is used
// once it stays the same for `interval`, so that a certificate and its key are
// not taken apart. What cannot be used, or is a certificate that is not valid
// now, is one line in the log, and what was in use stays so. Thread-safe.
class TlsWatch {
 public:
  static constexpr absl::Duration kInterval = absl::Milliseconds(500);

  // Null where `files` names none. Fails as ReadTlsFiles and CheckTls.
  static absl::StatusOr<std::unique_ptr<TlsWatch>> Start(
      const TlsFiles& files, absl::Duration interval = kInterval);

  ~TlsWatch();

  // What is to be used now; another object after each change, and only then.
  std::shared_ptr<const TlsMaterial> current() const;

  // Whether the other side must show a certificate.
  bool has_authorities() const { return !files_.authorities.empty(); }

 private:
  TlsWatch(TlsFiles files, absl::Duration interval, TlsMaterial first);

  void Run();
  void Look();
  absl::Status CheckNow(const TlsMaterial& found) const;
  void Judge(const absl::StatusOr<TlsMaterial>& found);

  const TlsFiles files_;
  const absl::Duration interval_;
  mutable absl::Mutex mutex_;
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const TlsMaterial> current_ ABSL_GUARDED_BY(mutex_);
  // Of the thread alone: what it has found last, and what it has judged last.
  absl::StatusOr<TlsMaterial> found_;
  absl::StatusOr<TlsMaterial> judged_;
  std::thread thread_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_TLS_WATCH_H_
