#include "server/runtime/tls_watch.h"

#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "server/runtime/log.h"

namespace webhooks {

absl::StatusOr<std::unique_ptr<TlsWatch>> TlsWatch::Start(
    const TlsFiles& files, absl::Duration interval) {
  if (!WantsTls(files)) return nullptr;
  absl::StatusOr<TlsMaterial> first = ReadTlsFiles(files);
  if (!first.ok()) return first.status();
  absl::Status good = CheckTls(*first, files);
  if (!good.ok()) return good;
  // There is none to use instead; clients refuse it, but for those that do not
  // look.
  const absl::Status timely = CheckTime(*first, files, absl::Now());
  if (!timely.ok()) {
    Log(LogLevel::kWarning, "a certificate that is not valid now is in use",
        {{"error", timely.message()}});
  }
  return std::unique_ptr<TlsWatch>(
      new TlsWatch(files, interval, *std::move(first)));
}

TlsWatch::TlsWatch(TlsFiles files, absl::Duration interval, TlsMaterial first)
    : files_(std::move(files)),
      interval_(interval),
      current_(std::make_shared<const TlsMaterial>(first)),
      found_(first),
      judged_(std::move(first)),
      thread_([this] { Run(); }) {}

TlsWatch::~TlsWatch() {
  {
    absl::MutexLock lock(&mutex_);
    is_stopping_ = true;
  }
  thread_.join();
}

std::shared_ptr<const TlsMaterial> TlsWatch::current() const {
  absl::MutexLock lock(&mutex_);
  return current_;
}

void TlsWatch::Run() {
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&is_stopping_), interval_)) {
        return;
      }
    }
    Look();
  }
}

void TlsWatch::Look() {
  absl::StatusOr<TlsMaterial> found = ReadTlsFiles(files_);
  const bool is_settled = found == found_;
  found_ = std::move(found);
  if (!is_settled || found_ == judged_) return;
  judged_ = found_;
  Judge(found_);
}

absl::Status TlsWatch::CheckNow(const TlsMaterial& found) const {
  absl::Status good = CheckTls(found, files_);
  return good.ok() ? CheckTime(found, files_, absl::Now()) : good;
}

void TlsWatch::Judge(const absl::StatusOr<TlsMaterial>& found) {
  const absl::Status good = found.ok() ? CheckNow(*found) : found.status();
  if (!good.ok()) {
    Log(LogLevel::kWarning,
        "certificates cannot be used, those before stay in use",
        {{"error", good.message()}});
    return;
  }
  {
    absl::MutexLock lock(&mutex_);
    // They may be back after others that could not be used.
    if (*current_ == *found) return;
    current_ = std::make_shared<const TlsMaterial>(*found);
  }
  const std::string& file =
      files_.certificate.empty() ? files_.authorities : files_.certificate;
  Log(LogLevel::kInfo, "certificates reloaded", {{"file", file}});
}

}  // namespace webhooks
