#include "server/server.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/call/admission.h"
#include "server/call/authenticator.h"
#include "server/call/calls.h"
#include "server/call/id_maker.h"
#include "server/call/methods.h"
#include "server/call/request_timeouts.h"
#include "server/delivery/deliveries.h"
#include "server/keys/first_project.h"
#include "server/keys/key_files.h"
#include "server/listen/acceptor.h"
#include "server/listen/limits.h"
#include "server/listen/listening_socket.h"
#include "server/listen/open_connections.h"
#include "server/listen/tls_credentials.h"
#include "server/listen/watched_calls.h"
#include "server/observability/metrics.h"
#include "server/runtime/clock.h"
#include "server/runtime/entropy.h"
#include "server/runtime/log.h"
#include "server/runtime/metrics/page.h"
#include "server/runtime/open_files.h"
#include "server/runtime/tls_watch.h"
#include "server/services/admin_service.h"
#include "server/services/delivery_service.h"
#include "server/services/event_service.h"
#include "server/services/health_service.h"
#include "server/services/reflection_service.h"
#include "server/services/webhook_service.h"
#include "server/upkeep/health_monitor.h"
#include "server/upkeep/maintenance_thread.h"
#include "storage/open.h"

namespace webhooks::server {
namespace {

constexpr absl::Duration kProbeInterval = absl::Seconds(1);
constexpr absl::Duration kProbeTimeout = absl::Seconds(5);
constexpr absl::Duration kMaintenanceInterval = absl::Seconds(5);
constexpr absl::Duration kCountTimeout = absl::Seconds(1);

using Connections = grpc::experimental::ExternalConnectionAcceptor;

std::vector<std::string> ServiceNames() {
  return {std::string(AdminService::kName),
          std::string(DeliveryService::kName),
          std::string(EventService::kName),
          std::string(WebhookService::kName),
          std::string(HealthService::kName),
          "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection"};
}

class RunningServer final : public Server {
 public:
  // `tls` is null for plain text, and `metrics_page` where there is none.
  RunningServer(const Config& config, std::unique_ptr<Metrics> metrics,
                std::unique_ptr<Store> store, absl::Time latest_id,
                absl::string_view admin_key, std::unique_ptr<TlsWatch> tls,
                std::unique_ptr<MetricsPage> metrics_page)
      : grace_(config.grace),
        metrics_(std::move(metrics)),
        open_connections_({config.max_connections,
                           config.max_connections_per_address,
                           config.gateways.addresses}),
        calls_(metrics_->calls(), open_connections_),
        tls_(std::move(tls)),
        credentials_(tls_ == nullptr ? grpc::InsecureServerCredentials()
                                     : MakeTlsCredentials(*tls_)),
        ids_(&absl::Now, &SteadyTime, entropy_, latest_id),
        store_(std::move(store)),
        failed_keys_(&absl::Now),
        authenticator_(*store_, failed_keys_, &absl::Now),
        rate_limits_(&absl::Now),
        calls_in_flight_(config.max_calls_per_key),
        project_admission_(authenticator_, rate_limits_, calls_in_flight_,
                           config.gateways),
        admin_admission_(admin_key, failed_keys_),
        project_calls_(project_admission_, &absl::Now, timeouts_, calls_),
        admin_calls_(admin_admission_, &absl::Now, timeouts_, calls_),
        webhooks_(project_calls_, *store_, entropy_, ids_, &absl::Now,
                  WebhookRules{config.allow_http_urls}),
        events_(project_calls_, project_admission_, *store_, ids_, &absl::Now),
        tester_(*store_, StartSender(config.delivery),
                config.delivery.scheduler.timeout, ids_, &absl::Now),
        deliveries_service_(
            project_calls_, *store_, tester_, ids_, &absl::Now,
            [this](const Endpoint& endpoint) { return PausedUntil(endpoint); },
            [this] { maintenance_->Wake(); }),
        admin_(admin_calls_, *store_, authenticator_, entropy_, ids_,
               &absl::Now),
        health_service_(ServiceNames(), timeouts_, calls_,
                        config.max_connections_per_address),
        reflection_v1_(MakeReflectionV1(ServiceNames(), calls_,
                                        config.max_connections_per_address)),
        reflection_v1alpha_(MakeReflectionV1Alpha(
            ServiceNames(), calls_, config.max_connections_per_address)),
        methods_(calls_),
        metrics_page_(std::move(metrics_page)) {
    webhooks_.AddTo(methods_);
    events_.AddTo(methods_);
    deliveries_service_.AddTo(methods_);
    admin_.AddTo(methods_);
    health_service_.AddTo(methods_);
    reflection_v1_->AddTo(methods_);
    reflection_v1alpha_->AddTo(methods_);
  }

  ~RunningServer() override { Stop(); }

  // At most once. INTERNAL, UNAVAILABLE: nothing is served.
  absl::Status Serve(std::vector<ListeningSocket> sockets,
                     const Config& config) {
    for (const ListeningSocket& socket : sockets) {
      addresses_.push_back(socket.address());
    }
    Build(config.handshake_timeout);
    if (grpc_ == nullptr) return absl::InternalError("gRPC does not start");
    health_.emplace(
        *store_, kProbeInterval, kProbeTimeout,
        [this](bool serving) { health_service_.SetServing(serving); });
    maintenance_.emplace(*store_, &absl::Now, kMaintenanceInterval,
                         config.delivery.retention);
    if (deliveries_) deliveries_->Start();
    if (metrics_page_ != nullptr) ServeMetrics();
    auto acceptor = Acceptor::Start(
        std::move(sockets), open_connections_,
        [this](int listener, int connection) {
          HandOver(listener, connection);
        },
        [this](ConnectionUse::State state) { CountShut(state); });
    if (!acceptor.ok()) return acceptor.status();
    acceptor_ = *std::move(acceptor);
    return absl::OkStatus();
  }

  const std::vector<std::string>& addresses() const override {
    return addresses_;
  }

  void Stop() override {
    if (grpc_ == nullptr) return;
    if (acceptor_ != nullptr) acceptor_->StopAccepting();
    health_service_.Stop();
    reflection_v1_->Stop();
    reflection_v1alpha_->Stop();
    health_.reset();
    const absl::Time deadline = absl::Now() + grace_;
    // Both at the same time.
    if (deliveries_) deliveries_->BeginStop(deadline);
    grpc_->Shutdown(absl::ToChronoTime(deadline));
    grpc_->Wait();
    acceptor_.reset();
    grpc_.reset();
    metrics_page_.reset();
    deliveries_.reset();
    maintenance_.reset();
    store_.reset();
  }

 private:
  // Null where nothing is to be delivered.
  Sender* StartSender(const DeliveryConfig& config) {
    if (!config.deliver) return nullptr;
    return &deliveries_
                .emplace(*store_, entropy_, config,
                         [this](const AttemptResult& result) {
                           metrics_->deliveries().AttemptEnded(result);
                         })
                .sender();
  }

  std::optional<absl::Time> PausedUntil(const Endpoint& endpoint) const {
    return deliveries_ ? deliveries_->PausedUntil(endpoint) : std::nullopt;
  }

  void ServeMetrics() {
    std::vector<const prometheus::Collectable*> metrics =
        metrics_->collectables();
    if (deliveries_) {
      delivery_figures_.emplace(
          *store_, [this] { return deliveries_->stats(); }, kCountTimeout);
      metrics.push_back(&*delivery_figures_);
    }
    metrics_page_->Serve(std::move(metrics));
    Log(LogLevel::kInfo, "serving metrics",
        {{"address", metrics_page_->address()}});
  }

  void Build(absl::Duration handshake_timeout) {
    grpc::ServerBuilder builder;
    SetLimits(builder, handshake_timeout);
    connections_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        credentials_);
    builder.RegisterCallbackGenericService(&methods_);
    grpc_ = builder.BuildAndStart();
  }

  void CountShut(ConnectionUse::State state) {
    if (state == ConnectionUse::State::kFlood) {
      metrics_->connections().CountFlood();
    } else {
      metrics_->connections().CountStalled();
    }
  }

  void HandOver(int listener, int connection) {
    Connections::NewConnectionParameters parameters;
    parameters.listener_fd = listener;
    parameters.fd = connection;
    connections_->HandleNewConnection(&parameters);
  }

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
  ProjectAdmission project_admission_;
  AdminAdmission admin_admission_;
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
  std::optional<DeliveryFigures> delivery_figures_;
  std::unique_ptr<MetricsPage> metrics_page_;
};

absl::StatusOr<std::vector<ListeningSocket>> Listen(
    const std::vector<std::string>& addresses, PeerScope scope) {
  std::vector<ListeningSocket> sockets;
  for (const std::string& address : addresses) {
    auto opened = ListeningSocket::Open(address, scope);
    if (!opened.ok()) return opened.status();
    std::move(opened->begin(), opened->end(), std::back_inserter(sockets));
  }
  return sockets;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config) {
  // Each connection has two.
  RaiseFileLimit(2 * config.max_connections +
                 config.delivery.scheduler.queue.max_in_flight);
  auto tls = TlsWatch::Start(config.tls);
  if (!tls.ok()) return tls.status();
  auto metrics = std::make_unique<Metrics>(ServiceNames());
  SystemEntropy entropy;
  absl::Status not_lost = CheckDatabaseNotLost(
      config.database, config.secret_key_file, config.api_key_file);
  if (!not_lost.ok()) return not_lost;
  auto store = OpenStore(
      config.database,
      [&](bool must_exist) {
        return TakeOrMakeSecretKeys(config.secret_key_file, must_exist,
                                    entropy);
      },
      metrics->store());
  if (absl::IsInvalidArgument(store.status())) {
    return absl::InvalidArgumentError(
        absl::StrCat("--database: ", store.status().message()));
  }
  if (!store.ok()) return store.status();
  // Once the database is ours, so that no two servers of it take each other's
  // socket, and before anything is stored.
  auto sockets = Listen(
      config.listen, *tls == nullptr ? config.plaintext : PeerScope::kAnywhere);
  if (!sockets.ok()) return sockets.status();
  std::unique_ptr<MetricsPage> metrics_page;
  if (config.metrics_listen) {
    auto page = MetricsPage::Listen(*config.metrics_listen, config.plaintext);
    if (!page.ok()) return page.status();
    metrics_page = *std::move(page);
  }
  const auto latest_id = FindLatestId(**store);
  if (!latest_id.ok()) return latest_id.status();
  auto admin_key = TakeOrMakeAdminKey(config.admin_key_file, entropy);
  if (!admin_key.ok()) return admin_key.status();
  absl::Status ready =
      MakeFirstProject(**store, config.api_key_file, entropy, absl::Now());
  if (!ready.ok()) return ready;
  auto server = std::make_unique<RunningServer>(
      config, std::move(metrics), *std::move(store), *latest_id, *admin_key,
      *std::move(tls), std::move(metrics_page));
  absl::Status serving = server->Serve(*std::move(sockets), config);
  if (!serving.ok()) return serving;
  return server;
}

}  // namespace webhooks::server
