#ifndef WEBHOOKS_SERVER_RUNNING_SERVER_H_
#define WEBHOOKS_SERVER_RUNNING_SERVER_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/call/admission.h"
#include "server/call/authenticator.h"
#include "server/call/calls.h"
#include "server/call/calls_in_flight.h"
#include "server/call/failed_keys.h"
#include "server/call/id_maker.h"
#include "server/call/methods.h"
#include "server/call/rate_limits.h"
#include "server/call/request_timeouts.h"
#include "server/call/server_share.h"
#include "server/config.h"
#include "server/delivery/deliveries.h"
#include "server/keys/key_watch.h"
#include "server/listen/acceptor.h"
#include "server/listen/listening_socket.h"
#include "server/listen/open_connections.h"
#include "server/listen/watched_calls.h"
#include "server/observability/metrics.h"
#include "server/runtime/entropy.h"
#include "server/runtime/metrics/file_metrics.h"
#include "server/runtime/metrics/page.h"
#include "server/runtime/tls_watch.h"
#include "server/server.h"
#include "server/services/admin_service.h"
#include "server/services/delivery_service.h"
#include "server/services/event_service.h"
#include "server/services/health_service.h"
#include "server/services/reflection_service.h"
#include "server/services/webhook_service.h"
#include "server/services/webhook_tester.h"
#include "server/upkeep/health_monitor.h"
#include "server/upkeep/maintenance_thread.h"
#include "storage/open.h"

namespace webhooks::server {

// Returns the full names of the gRPC services.
std::vector<std::string> ServiceNames();

// The parts of a server that Server::Start has opened, from the start of gRPC
// to its end. Serve and Stop are for one thread.
class RunningServer final : public Server {
 public:
  // `tls` is null for plain text; `metrics_page` is null if there is none.
  RunningServer(const Config& config, std::unique_ptr<Metrics> metrics,
                std::unique_ptr<Store> store, absl::Time latest_id,
                KeyWatch::Keys keys, std::unique_ptr<TlsWatch> tls,
                std::unique_ptr<MetricsPage> metrics_page);

  ~RunningServer() override { Stop(); }

  // Starts to serve. Call it at most once. INTERNAL or UNAVAILABLE if that
  // fails.
  absl::Status Serve(std::vector<ListeningSocket> sockets,
                     const Config& config);

  const std::vector<std::string>& addresses() const override {
    return addresses_;
  }

  void Stop() override;

 private:
  using Connections = grpc::experimental::ExternalConnectionAcceptor;

  ServerCount CountServers() const;
  // Returns null if the server does not deliver.
  Sender* StartSender(const DeliveryConfig& config);
  std::optional<absl::Time> PausedUntil(const Endpoint& endpoint) const;
  void ServeMetrics();
  void Build(absl::Duration handshake_timeout);
  void CountShut(ConnectionUse::State state);
  void HandOver(int listener, int connection);

  const absl::Duration grace_;
  const std::unique_ptr<Metrics> metrics_;
  OpenConnections open_connections_;
  WatchedCalls calls_;
  const std::unique_ptr<TlsWatch> tls_;
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  SystemEntropy entropy_;
  IdMaker ids_;
  std::unique_ptr<Store> store_;
  FailedKeys failed_keys_;
  Authenticator authenticator_;
  RateLimits rate_limits_;
  CallsInFlight calls_in_flight_;
  AdminKey admin_key_;
  ProjectAdmission project_admission_;
  AdminAdmission admin_admission_;
  std::optional<KeyWatch> key_watch_;
  RequestTimeouts timeouts_;
  Calls project_calls_;
  Calls admin_calls_;
  WebhookService webhooks_;
  EventService events_;
  std::optional<Deliveries> deliveries_;
  WebhookTester tester_;
  DeliveryService deliveries_service_;
  AdminService admin_;
  HealthService health_service_;
  const std::unique_ptr<StoppableService> reflection_v1_;
  const std::unique_ptr<StoppableService> reflection_v1alpha_;
  Methods methods_;
  std::vector<std::string> addresses_;
  std::unique_ptr<Connections> connections_;
  std::unique_ptr<grpc::Server> grpc_;
  std::optional<HealthMonitor> health_;
  std::optional<MaintenanceThread> maintenance_;
  std::unique_ptr<Acceptor> acceptor_;
  std::optional<DeliveryGauges> delivery_gauges_;
  FileMetrics file_metrics_;
  std::unique_ptr<MetricsPage> metrics_page_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_RUNNING_SERVER_H_
