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

// The material that TLS uses, kept as the files have it. They are read again
// and again (so it does not matter how they are replaced), and a change is used
// once the files stay the same for `interval`, so that a certificate and its
// key are not taken apart. A pair that cannot be used is one line in the log,
// and the one before stays in use; it also stays while another certificate is
// not valid yet, or no longer. Thread-safe.
class TlsWatch {
 public:
  static constexpr absl::Duration kInterval = absl::Milliseconds(500);

  using Clock = std::function<absl::Time()>;

  // Null where `files` names none. Fails as ReadTlsFiles and CheckTls.
  static absl::StatusOr<std::unique_ptr<TlsWatch>> Start(
      const TlsFiles& files, absl::Duration interval = kInterval,
      Clock clock = &absl::Now);

  ~TlsWatch();

  // Returns the material to use now; another object after each change, and only
  // then.
  std::shared_ptr<const TlsMaterial> current() const;

  // Returns true if the other side must show a certificate.
  bool has_authorities() const { return !files_.authorities.empty(); }

 private:
  TlsWatch(TlsFiles files, absl::Duration interval, Clock clock,
           TlsMaterial first);

  void Run();
  void Look();
  // Uses what was found, if it is valid; returns false if it may become valid
  // later.
  bool Adopt(const absl::StatusOr<TlsMaterial>& found);
  void Refuse(const absl::Status& why);

  const TlsFiles files_;
  const absl::Duration interval_;
  const Clock clock_;
  mutable absl::Mutex mutex_;
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const TlsMaterial> current_ ABSL_GUARDED_BY(mutex_);
  // Used by thread_ alone: the files as last read, the last ones that Adopt has
  // decided on for good, and the last error that was logged.
  absl::StatusOr<TlsMaterial> found_;
  absl::StatusOr<TlsMaterial> decided_;
  absl::Status refused_;
  std::thread thread_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_TLS_WATCH_H_
