#ifndef WEBHOOKS_SERVER_SERVICES_HEALTH_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_HEALTH_SERVICE_H_

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "server/call/call_observer.h"
#include "server/services/open_streams.h"

namespace webhooks::server {

// grpc.health.v1.Health, as
// https://github.com/grpc/grpc/blob/master/doc/health-checking.md has it. The
// library's own service leaves every Watch open when the server stops, which
// then waits out its grace. Needs no API key. Thread-safe.
class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  // Tells one status for "", which stands for the server, and for each of
  // `services`; NOT_SERVING at first. `observer` must outlive this. A client
  // may have `watches_per_client` open; more are RESOURCE_EXHAUSTED
  // (TOO_MANY_STREAMS).
  HealthService(std::vector<std::string> services, CallObserver& observer,
                int watches_per_client);

  // Tells whoever asks from now on, and every watcher if it is a change.
  void SetServing(bool serving);

  // Tells NOT_SERVING for good, and ends every Watch.
  void Stop();

  grpc::ServerUnaryReactor* Check(
      grpc::CallbackServerContext* context,
      const grpc::health::v1::HealthCheckRequest* request,
      grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context,
      const grpc::health::v1::HealthCheckRequest* request) override;

 private:
  class Watcher;

  bool Knows(const std::string& service) const;

  const std::vector<std::string> services_;
  CallObserver& observer_;
  OpenStreams<Watcher> watchers_;
  absl::Mutex mutex_;
  bool serving_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_HEALTH_SERVICE_H_
