#ifndef WEBHOOKS_TESTS_BENCH_LOAD_H_
#define WEBHOOKS_TESTS_BENCH_LOAD_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"

namespace webhooks::bench {

// The latencies of the calls of one or more measurements, and their time.
struct Load {
  std::vector<absl::Duration> latencies;
  absl::Duration time;

  void Add(const Load& other);
  double PerSecond() const;
  // Returns the latency that the part `quantile` of the calls does not exceed.
  absl::Duration Quantile(double quantile);
};

// Starts one call with its own messages; calls the function at its end.
using StartCall = std::function<void(grpc::ClientContext&,
                                     std::function<void(grpc::Status)>)>;

// Makes calls for `time`, `outstanding` at once. `make` returns the call of a
// place, whose number it gets: one call runs in it at a time. The calls carry
// `key`. Ends the process if one fails.
Load MeasureCalls(const std::function<StartCall(int place)>& make,
                  int outstanding, const std::string& key, absl::Duration time);

// Sends `request`, a whole HTTP request, for `time` on `connections`
// connections to `address`. Ends the process if an answer is not a 201.
Load MeasureRequests(const std::string& address, const std::string& request,
                     int connections, absl::Duration time);

// Writes 4 KiB in place to a file in `folder`, and syncs it, for `time`.
Load MeasureSyncs(const std::string& folder, absl::Duration time);

}  // namespace webhooks::bench

#endif  // WEBHOOKS_TESTS_BENCH_LOAD_H_
