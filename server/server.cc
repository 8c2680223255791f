#include "server/server.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/bootstrap.h"
#include "server/call/authenticator.h"
#include "server/call/calls.h"
#include "server/call/entropy.h"
#include "server/health.h"
#include "server/limits.h"
#include "server/listen/acceptor.h"
#include "server/listen/listening_socket.h"
#include "server/runtime/log.h"
#include "server/runtime/open_files.h"
#include "server/services/health_service.h"
#include "server/services/reflection_service.h"
#include "server/services/unknown_calls.h"
#include "server/services/webhook_service.h"
#include "storage/open.h"

namespace webhooks::server {
namespace {

constexpr absl::Duration kProbeInterval = absl::Seconds(1);
constexpr absl::Duration kProbePatience = absl::Seconds(5);

using Connections = grpc::experimental::ExternalConnectionAcceptor;

class RunningServer final : public Server {
 public:
  RunningServer(const Config& config, std::unique_ptr<Store> store)
      : grace_(config.grace),
        store_(std::move(store)),
        authenticator_(*store_, &absl::Now),
        calls_(authenticator_),
        webhooks_(calls_, *store_, entropy_, &absl::Now,
                  WebhookRules{config.allow_http_urls}),
        service_names_{v1::WebhookService::service_full_name(),
                       "grpc.health.v1.Health",
                       "grpc.reflection.v1.ServerReflection",
                       "grpc.reflection.v1alpha.ServerReflection"},
        health_service_(service_names_),
        reflection_v1_(MakeReflectionV1(service_names_)),
        reflection_v1alpha_(MakeReflectionV1Alpha(service_names_)) {}

  ~RunningServer() override { Stop(); }

  // At most once. INTERNAL, UNAVAILABLE: nothing is served.
  absl::Status Serve(std::vector<ListeningSocket> sockets,
                     int max_connections) {
    for (const ListeningSocket& socket : sockets) {
      addresses_.push_back(socket.address());
    }
    Build();
    if (grpc_ == nullptr) return absl::InternalError("gRPC does not start");
    health_.emplace(
        *store_, kProbeInterval, kProbePatience,
        [this](bool serving) { health_service_.SetServing(serving); });
    auto acceptor = Acceptor::Start(std::move(sockets), max_connections,
                                    [this](int listener, int connection) {
                                      HandOver(listener, connection);
                                    });
    if (!acceptor.ok()) return acceptor.status();
    acceptor_ = *std::move(acceptor);
    return absl::OkStatus();
  }

  const std::vector<std::string>& addresses() const override {
    return addresses_;
  }

  void Stop() override {
    if (grpc_ == nullptr) return;
    acceptor_.reset();
    health_service_.Stop();
    reflection_v1_->Stop();
    reflection_v1alpha_->Stop();
    health_.reset();
    grpc_->Shutdown(absl::ToChronoTime(absl::Now() + grace_));
    grpc_->Wait();
    grpc_.reset();
    store_.reset();
  }

 private:
  void Build() {
    grpc::ServerBuilder builder;
    SetLimits(builder);
    connections_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        grpc::InsecureServerCredentials());
    builder.RegisterService(&webhooks_);
    builder.RegisterService(&health_service_);
    builder.RegisterService(&reflection_v1_->service());
    builder.RegisterService(&reflection_v1alpha_->service());
    builder.RegisterCallbackGenericService(&unknown_calls_);
    grpc_ = builder.BuildAndStart();
  }

  void HandOver(int listener, int connection) {
    Connections::NewConnectionParameters parameters;
    parameters.listener_fd = listener;
    parameters.fd = connection;
    connections_->HandleNewConnection(&parameters);
  }

  const absl::Duration grace_;
  SystemEntropy entropy_;
  std::unique_ptr<Store> store_;
  Authenticator authenticator_;
  Calls calls_;
  WebhookService webhooks_;
  const std::vector<std::string> service_names_;
  HealthService health_service_;
  const std::unique_ptr<StoppableService> reflection_v1_;
  const std::unique_ptr<StoppableService> reflection_v1alpha_;
  UnknownCalls unknown_calls_;
  std::vector<std::string> addresses_;
  std::unique_ptr<Connections> connections_;
  std::unique_ptr<grpc::Server> grpc_;
  std::optional<HealthMonitor> health_;
  std::unique_ptr<Acceptor> acceptor_;
};

void LogFault(absl::string_view what, absl::string_view why) {
  Log(LogLevel::kError, "storage fault", {{"operation", what}, {"cause", why}});
}

absl::StatusOr<std::vector<ListeningSocket>> Listen(
    const std::vector<std::string>& addresses) {
  std::vector<ListeningSocket> sockets;
  for (const std::string& address : addresses) {
    auto opened = ListeningSocket::Open(address);
    if (!opened.ok()) return opened.status();
    std::move(opened->begin(), opened->end(), std::back_inserter(sockets));
  }
  return sockets;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config) {
  RaiseFileLimit(config.max_connections);
  auto store = OpenStore(config.database, &LogFault);
  if (absl::IsInvalidArgument(store.status())) {
    return absl::InvalidArgumentError(
        absl::StrCat("--database: ", store.status().message()));
  }
  if (!store.ok()) return store.status();
  // Once the database is ours, so that no two servers of it take each other's
  // socket, and before anything is stored.
  auto sockets = Listen(config.listen);
  if (!sockets.ok()) return sockets.status();
  SystemEntropy entropy;
  absl::Status ready =
      MakeFirstProject(**store, config.api_key_file, entropy, absl::Now());
  if (!ready.ok()) return ready;
  auto server = std::make_unique<RunningServer>(config, *std::move(store));
  absl::Status serving =
      server->Serve(*std::move(sockets), config.max_connections);
  if (!serving.ok()) return serving;
  return server;
}

}  // namespace webhooks::server
