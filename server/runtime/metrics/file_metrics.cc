#include "server/runtime/metrics/file_metrics.h"

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/runtime/tls_material.h"

namespace webhooks {
namespace {

using prometheus::MetricFamily;

MetricFamily Gauges(const std::string& name, const std::string& help) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = prometheus::MetricType::Gauge;
  return family;
}

void Add(MetricFamily& family, const std::string& flag, double value) {
  prometheus::ClientMetric& metric = family.metric.emplace_back();
  metric.label = {{"flag", flag}};
  metric.gauge.value = value;
}

double Seconds(absl::Time time) {
  return static_cast<double>(absl::ToUnixSeconds(time));
}

}  // namespace

void FileMetrics::AddTls(const std::string& flags, const TlsWatch* tls) {
  if (tls == nullptr) return;
  tls_.emplace_back(flags, tls);
  AddFile(absl::StrCat(flags, tls->has_certificate() ? "_cert" : "_ca"),
          [tls] { return tls->is_refused(); });
}

void FileMetrics::AddFile(const std::string& flag,
                          std::function<bool()> is_refused) {
  files_.emplace_back(flag, std::move(is_refused));
}

std::vector<MetricFamily> FileMetrics::Collect() const {
  MetricFamily expiry =
      Gauges("webhooks_certificate_expiry_timestamp_seconds",
             "The time at which the certificate in the file of the flag "
             "expires, in Unix seconds; for certificate authorities the time "
             "at which the last of them expires.");
  MetricFamily failed =
      Gauges("webhooks_reload_failed",
             "1 if the file of the flag has changed and cannot be used, so "
             "that its earlier content stays in use; else 0.");
  for (const auto& [flags, tls] : tls_) {
    const std::shared_ptr<const TlsMaterial> material = tls->current();
    if (const auto valid = TimeOfCertificate(*material); valid.ok()) {
      Add(expiry, absl::StrCat(flags, "_cert"), Seconds(valid->end));
    }
    if (const auto end = EndOfAuthorities(*material)) {
      Add(expiry, absl::StrCat(flags, flags == "tls" ? "_client_ca" : "_ca"),
          Seconds(*end));
    }
  }
  for (const auto& [flag, is_refused] : files_) {
    Add(failed, flag, is_refused() ? 1 : 0);
  }
  return {std::move(expiry), std::move(failed)};
}

}  // namespace webhooks
