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

// grpc.health.v1.Health, as
// https://github.com/grpc/grpc/blob/master/doc/health-checking.md has it. The
// library's own service leaves every Watch open when the server stops, which
// then waits out its grace. Needs no API key. Thread-safe.
class HealthService final {
 public:
  static constexpr absl::string_view kName = "grpc.health.v1.Health";

  // Tells one status for "", which stands for the server, and for each of
  // `services`; NOT_SERVING at first. The others must outlive this. A client
  // may have `watches_per_client` open; more are RESOURCE_EXHAUSTED
  // (TOO_MANY_STREAMS).
  HealthService(std::vector<std::string> services, RequestTimeouts& timeouts,
                CallObserver& observer, int watches_per_client);

  // Adds the methods of the service. This must outlive their calls.
  void AddTo(Methods& methods);

  // Tells whoever asks from now on, and every watcher if it is a change.
  void SetServing(bool serving);

  // Tells NOT_SERVING for good, and ends every Watch.
  void Stop();

 private:
  class Watcher;

  CallReactor* Check(CallContext& context);
  CallReactor* Watch(CallContext& context);
  // The watch asks for the service of this name.
  void Begin(Watcher& watcher, const std::string& service);
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
