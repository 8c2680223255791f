#ifndef WEBHOOKS_SERVER_RUNTIME_METRICS_FILE_METRICS_H_
#define WEBHOOKS_SERVER_RUNTIME_METRICS_FILE_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "server/runtime/tls_watch.h"

namespace webhooks {

// The state of files that are read again when they change:
// webhooks_certificate_expiry_timestamp_seconds and webhooks_reload_failed.
class FileMetrics final : public prometheus::Collectable {
 public:
  // Adds the files of `tls`, which must outlive this; null: there are none.
  // `flags` is the common part of their flags: "tls" or "server_tls". Call the
  // Add functions before the first Collect.
  void AddTls(const std::string& flags, const TlsWatch* tls);

  // Adds the file of the flag `flag`. `is_refused` returns true if it has
  // changed and cannot be used. Thread-safe.
  void AddFile(const std::string& flag, std::function<bool()> is_refused);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::vector<std::pair<std::string, const TlsWatch*>> tls_;
  std::vector<std::pair<std::string, std::function<bool()>>> files_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_METRICS_FILE_METRICS_H_
