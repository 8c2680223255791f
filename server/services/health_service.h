#ifndef WEBHOOKS_SERVER_SERVICES_HEALTH_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_HEALTH_SERVICE_H_

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "grpc/health/v1/health.pb.h"
#include "server/call/call_observer.h"
#include "server/call/methods.h"
#include "server/call/request_timeouts.h"
#include "server/services/open_streams.h"

namespace webhooks::server {

// Implements grpc.health.v1.Health, see
// https://github.com/grpc/grpc/blob/master/doc/health-checking.md. The service
// of the gRPC library leaves every Watch open during shutdown, which would then
// take the whole grace period. Needs no API key. Thread-safe.
class HealthService final {
 public:
  static constexpr absl::string_view kName = "grpc.health.v1.Health";

  // Reports the same status for the server ("") and for each of `services`;
  // initially NOT_SERVING. The references must outlive this. More than
  // `watches_per_client` open watches of a client are RESOURCE_EXHAUSTED
  // (TOO_MANY_STREAMS).
  HealthService(std::vector<std::string> services, RequestTimeouts& timeouts,
                CallObserver& observer, int watches_per_client);

  // Adds the methods of the service. This must outlive their calls.
  void AddTo(Methods& methods);

  // Sets the status, and sends a change to every watcher.
  void SetServing(bool serving);

  // Reports NOT_SERVING from now on, and ends every Watch.
  void Stop();

 private:
  class Watcher;

  CallReactor* Check(CallContext& context);
  CallReactor* Watch(CallContext& context);
  // Starts to send the status of the service to the watcher.
  void Start(Watcher& watcher, const std::string& service);
  bool Knows(const std::string& service) const;

  const std::vector<std::string> services_;
  RequestTimeouts& timeouts_;
  CallObserver& observer_;
  OpenStreams<Watcher> watchers_;
  absl::Mutex mutex_;
  bool serving_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_HEALTH_SERVICE_H_
