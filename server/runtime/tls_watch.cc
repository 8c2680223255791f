#include "server/runtime/tls_watch.h"

#include <string>
#include <utility>

#include "server/runtime/log.h"

namespace webhooks {

absl::StatusOr<std::unique_ptr<TlsWatch>> TlsWatch::Start(
    const TlsFiles& files, absl::Duration interval, Clock clock) {
  if (!WantsTls(files)) return nullptr;
  absl::StatusOr<TlsMaterial> first = ReadTlsFiles(files);
  if (!first.ok()) return first.status();
  absl::Status good = CheckTls(*first, files);
  if (!good.ok()) return good;
  // There is no other certificate to use. Most clients refuse it.
  const absl::Status timely = CheckTime(*first, files, clock());
  if (!timely.ok()) {
    Log(LogLevel::kWarning, "a certificate that is not valid now is in use",
        {{"error", timely.message()}});
  }
  return std::unique_ptr<TlsWatch>(
      new TlsWatch(files, interval, std::move(clock), *std::move(first)));
}

TlsWatch::TlsWatch(TlsFiles files, absl::Duration interval, Clock clock,
                   TlsMaterial first)
    : files_(std::move(files)),
      clock_(std::move(clock)),
      current_(std::make_shared<const TlsMaterial>(first)),
      watch_(
          interval, std::move(first), [this] { return ReadTlsFiles(files_); },
          [this](const absl::StatusOr<TlsMaterial>& found) {
            return Adopt(found);
          }) {}

std::shared_ptr<const TlsMaterial> TlsWatch::current() const {
  absl::MutexLock lock(&mutex_);
  return current_;
}

bool TlsWatch::Adopt(const absl::StatusOr<TlsMaterial>& found) {
  const absl::Status good =
      found.ok() ? CheckTls(*found, files_) : found.status();
  if (!good.ok()) {
    Refuse(good);
    return true;
  }
  const std::shared_ptr<const TlsMaterial> before = current();
  // The files may have been restored after unusable ones.
  if (*before == *found) {
    Refuse(absl::OkStatus());
    return true;
  }
  const bool is_other = before->certificate != found->certificate;
  const absl::Status timely =
      is_other ? CheckTime(*found, files_, clock_()) : absl::OkStatus();
  Refuse(timely);
  if (!timely.ok()) return false;
  {
    absl::MutexLock lock(&mutex_);
    current_ = std::make_shared<const TlsMaterial>(*found);
  }
  const std::string& file =
      files_.certificate.empty() ? files_.authorities : files_.certificate;
  Log(LogLevel::kInfo, "certificates reloaded", {{"file", file}});
  return true;
}

void TlsWatch::Refuse(const absl::Status& why) {
  if (why == refused_) return;
  refused_ = why;
  is_refused_ = !why.ok();
  if (why.ok()) return;
  Log(LogLevel::kWarning,
      "certificates cannot be used, those before stay in use",
      {{"error", why.message()}});
}

}  // namespace webhooks
