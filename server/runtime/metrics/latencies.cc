#include "server/runtime/metrics/latencies.h"

namespace webhooks {

const prometheus::Histogram::BucketBoundaries& LatencyBuckets() {
  static const auto& buckets = *new prometheus::Histogram::BucketBoundaries{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
      0.25,   0.5,   1,      2.5,   5,    10,    30,   60};
  return buckets;
}

Latencies::Latencies(prometheus::Registry& registry, const std::string& name,
                     const std::string& help, const Labels& names)
    : family_(prometheus::BuildHistogram().Name(name).Help(help).Register(
          registry)),
      names_{std::string(names[0]), std::string(names[1]),
             std::string(names[2])} {}

void Latencies::Observe(const Labels& values, absl::Duration latency) {
  Find(values).Observe(absl::ToDoubleSeconds(latency));
}

prometheus::Histogram& Latencies::Find(const Labels& values) {
  {
    absl::ReaderMutexLock lock(&mutex_);
    const auto found = histograms_.find(values);
    if (found != histograms_.end()) return *found->second;
  }
  absl::MutexLock lock(&mutex_);
  const auto found = histograms_.find(values);
  if (found != histograms_.end()) return *found->second;
  if (histograms_.size() < kMaxHistograms) return Add(values);
  const Labels other{kOther, kOther, kOther};
  const auto rest = histograms_.find(other);
  return rest != histograms_.end() ? *rest->second : Add(other);
}

prometheus::Histogram& Latencies::Add(const Labels& values) {
  Labels kept;
  prometheus::Labels labels;
  for (std::size_t i = 0; i < kLabels; ++i) {
    kept[i] = values_.emplace_back(values[i]);
    if (!names_[i].empty()) labels[names_[i]] = std::string(values[i]);
  }
  prometheus::Histogram& histogram = family_.Add(labels, LatencyBuckets());
  histograms_.emplace(kept, &histogram);
  return histogram;
}

}  // namespace webhooks
