#ifndef WEBHOOKS_SERVER_RUNTIME_METRICS_LATENCIES_H_
#define WEBHOOKS_SERVER_RUNTIME_METRICS_LATENCIES_H_

#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace webhooks {

// The bounds of the histogram buckets, in seconds.
const prometheus::Histogram::BucketBoundaries& LatencyBuckets();

// The value of all labels once there are too many histograms.
inline constexpr absl::string_view kOther = "other";

// A family of latency histograms with three labels; labels without a name are
// omitted. Has at most kMaxHistograms, and one more for later values, whose
// labels are all "other". Thread-safe.
class Latencies {
 public:
  static constexpr std::size_t kMaxHistograms = 1000;
  static constexpr std::size_t kLabels = 3;
  using Labels = std::array<absl::string_view, kLabels>;

  // `registry` must outlive this.
  Latencies(prometheus::Registry& registry, const std::string& name,
            const std::string& help, const Labels& names);

  void Observe(const Labels& values, absl::Duration latency);

 private:
  prometheus::Histogram& Find(const Labels& values) ABSL_LOCKS_EXCLUDED(mutex_);
  prometheus::Histogram& Add(const Labels& values)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  prometheus::Family<prometheus::Histogram>& family_;
  const std::array<std::string, kLabels> names_;
  absl::Mutex mutex_;
  // The texts that the keys of histograms_ are views of.
  std::deque<std::string> values_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<Labels, prometheus::Histogram*> histograms_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_METRICS_LATENCIES_H_
