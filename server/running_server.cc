#include "server/running_server.h"

#include <utility>

#include "absl/time/clock.h"
#include "server/listen/limits.h"
#include "server/listen/tls_credentials.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

constexpr absl::Duration kProbeInterval = absl::Seconds(1);
constexpr absl::Duration kProbeTimeout = absl::Seconds(5);
constexpr absl::Duration kMaintenanceInterval = absl::Seconds(5);
constexpr absl::Duration kCountTimeout = absl::Seconds(1);

WebhookRules RulesOf(const Config& config) {
  WebhookRules rules{config.allow_http_urls, std::nullopt};
  if (config.delivery.deliver) rules.targets = config.delivery.sender.guard;
  return rules;
}

}  // namespace

std::vector<std::string> ServiceNames() {
  return {std::string(AdminService::kName),
          std::string(DeliveryService::kName),
          std::string(EventService::kName),
          std::string(WebhookService::kName),
          std::string(HealthService::kName),
          "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection"};
}

RunningServer::RunningServer(const Config& config,
                             std::unique_ptr<Metrics> metrics,
                             std::unique_ptr<Store> store, absl::Time latest_id,
                             KeyWatch::Keys keys, std::unique_ptr<TlsWatch> tls,
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
      failed_keys_(&absl::Now, CountServers()),
      authenticator_(*store_, failed_keys_, &absl::Now),
      rate_limits_(&absl::Now, CountServers()),
      calls_in_flight_(config.max_calls_per_key, CountServers()),
      admin_key_(keys.admin_key),
      project_admission_(authenticator_, *store_, admin_key_, rate_limits_,
                         calls_in_flight_, config.gateways),
      admin_admission_(admin_key_, failed_keys_),
      key_watch_(std::in_place, std::move(keys), *store_, admin_key_, entropy_),
      project_calls_(project_admission_, &absl::Now, timeouts_, calls_),
      admin_calls_(admin_admission_, &absl::Now, timeouts_, calls_),
      webhooks_(project_calls_, *store_, entropy_, ids_, &absl::Now,
                RulesOf(config)),
      events_(project_calls_, project_admission_, *store_, ids_, &absl::Now),
      tester_(*store_, StartSender(config.delivery),
              config.delivery.scheduler.timeout, ids_, &absl::Now),
      deliveries_service_(
          project_calls_, *store_, tester_, ids_, &absl::Now,
          [this](const Endpoint& endpoint) { return PausedUntil(endpoint); },
          [this] { maintenance_->Wake(); }),
      admin_(admin_calls_, *store_, *store_, authenticator_, entropy_, ids_,
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

absl::Status RunningServer::Serve(std::vector<ListeningSocket> sockets,
                                  const Config& config) {
  for (const ListeningSocket& socket : sockets) {
    addresses_.push_back(socket.address());
  }
  Build(config.handshake_timeout);
  if (grpc_ == nullptr) return absl::InternalError("gRPC does not start");
  health_.emplace(*store_, kProbeInterval, kProbeTimeout, [this](bool serving) {
    health_service_.SetServing(serving);
    metrics_->store().WriteDueFaults();
  });
  maintenance_.emplace(*store_, &absl::Now, kMaintenanceInterval,
                       config.delivery.retention);
  if (deliveries_) deliveries_->Start();
  if (metrics_page_ != nullptr) ServeMetrics();
  auto acceptor = Acceptor::Start(
      std::move(sockets), open_connections_,
      [this](int listener, int connection) { HandOver(listener, connection); },
      [this](ConnectionUse::State state) { CountShut(state); });
  if (!acceptor.ok()) return acceptor.status();
  acceptor_ = *std::move(acceptor);
  return absl::OkStatus();
}

void RunningServer::Stop() {
  if (grpc_ == nullptr) return;
  store_->BeginLeaving();
  if (acceptor_ != nullptr) acceptor_->StopAccepting();
  health_service_.Stop();
  reflection_v1_->Stop();
  reflection_v1alpha_->Stop();
  health_.reset();
  const absl::Time deadline = absl::Now() + grace_;
  // Calls and deliveries end at the same time.
  if (deliveries_) deliveries_->BeginStop(deadline);
  grpc_->Shutdown(absl::ToChronoTime(deadline));
  grpc_->Wait();
  acceptor_.reset();
  grpc_.reset();
  metrics_page_.reset();
  deliveries_.reset();
  key_watch_.reset();
  maintenance_.reset();
  store_.reset();
}

ServerCount RunningServer::CountServers() const {
  return [&store = *store_] { return store.CountServers(); };
}

Sender* RunningServer::StartSender(const DeliveryConfig& config) {
  if (!config.deliver) return nullptr;
  return &deliveries_
              .emplace(*store_, entropy_, config,
                       [this](const AttemptResult& result) {
                         metrics_->deliveries().AttemptEnded(result);
                       })
              .sender();
}

std::optional<absl::Time> RunningServer::PausedUntil(
    const Endpoint& endpoint) const {
  return deliveries_ ? deliveries_->PausedUntil(endpoint) : std::nullopt;
}

void RunningServer::ServeMetrics() {
  std::vector<const prometheus::Collectable*> metrics =
      metrics_->collectables();
  if (deliveries_) {
    delivery_gauges_.emplace(
        *store_, [this] { return deliveries_->stats(); }, kCountTimeout);
    metrics.push_back(&*delivery_gauges_);
  }
  file_metrics_.AddTls("tls", tls_.get());
  file_metrics_.AddFile("secret_key_file", [this] {
    return key_watch_->is_secret_key_file_refused();
  });
  file_metrics_.AddFile("admin_key_file", [this] {
    return key_watch_->is_admin_key_file_refused();
  });
  metrics.push_back(&file_metrics_);
  metrics_page_->Serve(std::move(metrics));
  Log(LogLevel::kInfo, "serving metrics",
      {{"address", metrics_page_->address()}});
}

void RunningServer::Build(absl::Duration handshake_timeout) {
  grpc::ServerBuilder builder;
  SetLimits(builder, handshake_timeout);
  connections_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      credentials_);
  builder.RegisterCallbackGenericService(&methods_);
  grpc_ = builder.BuildAndStart();
}

void RunningServer::CountShut(ConnectionUse::State state) {
  if (state == ConnectionUse::State::kFlood) {
    metrics_->connections().CountFlood();
  } else {
    metrics_->connections().CountStalled();
  }
}

void RunningServer::HandOver(int listener, int connection) {
  Connections::NewConnectionParameters parameters;
  parameters.listener_fd = listener;
  parameters.fd = connection;
  connections_->HandleNewConnection(&parameters);
}

}  // namespace webhooks::server
