#ifndef WEBHOOKS_SERVER_LISTEN_WATCHED_CALLS_H_
#define WEBHOOKS_SERVER_LISTEN_WATCHED_CALLS_H_

#include <memory>

#include "server/call/call_observer.h"
#include "server/listen/open_connections.h"

namespace webhooks::server {

// Connects calls with the metrics and with their connections. Thread-safe.
class WatchedCalls final : public CallObserver {
 public:
  // Both must outlive this.
  WatchedCalls(CallObserver& metrics, const OpenConnections& connections)
      : metrics_(metrics), connections_(connections) {}

  std::shared_ptr<CallConnection> ConnectionOf(
      absl::string_view peer) override {
    return connections_.Find(peer);
  }

  void OnCallFinished(absl::string_view rpc, absl::StatusCode code,
                      absl::Duration latency) override {
    metrics_.OnCallFinished(rpc, code, latency);
  }

 private:
  CallObserver& metrics_;
  const OpenConnections& connections_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_WATCHED_CALLS_H_
