#include "server/server.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "server/bootstrap.h"
#include "server/call/authenticator.h"
#include "server/call/calls.h"
#include "server/call/entropy.h"
#include "server/health.h"
#include "server/runtime/log.h"
#include "server/services/health_service.h"
#include "server/services/reflection_service.h"
#include "server/services/webhook_service.h"
#include "storage/open.h"

namespace webhooks::server {
namespace {

constexpr int kMaxMessageBytes = 4 << 20;
// A call that exceeds it disturbs the others on its connection, so it is well
// above what the gateway passes on.
constexpr int kMaxMetadataBytes = 64 << 10;
constexpr int kMaxStreamsPerConnection = 1024;
// All calls and connections together; gRPC pushes back, then refuses, near it.
constexpr std::size_t kMaxGrpcMemory = std::size_t{1} << 30;
constexpr int kConnectionIdleMillis = 60 * 60 * 1000;
constexpr int kKeepaliveMillis = 60 * 1000;
constexpr int kMinPingIntervalMillis = 10 * 1000;

constexpr absl::Duration kProbeInterval = absl::Seconds(1);
constexpr absl::Duration kProbePatience = absl::Seconds(5);

// The libraries' log lines become ours, so that standard error holds no more
// than the one line that a failed start leaves.
void LogGrpc(gpr_log_func_args* args) {
  const LogLevel level = args->severity == GPR_LOG_SEVERITY_ERROR
                             ? LogLevel::kWarning
                             : LogLevel::kDebug;
  Log(level, "grpc", {{"text", args->message}});
}

void LogProtobuf(google::protobuf::LogLevel level, const char*, int,
                 const std::string& message) {
  Log(level >= google::protobuf::LOGLEVEL_ERROR ? LogLevel::kWarning
                                                : LogLevel::kDebug,
      "protobuf", {{"text", message}});
}

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetResourceQuota(
      grpc::ResourceQuota("server").Resize(kMaxGrpcMemory));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             kMaxStreamsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                             kConnectionIdleMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      kMinPingIntervalMillis);
  // Without this a second server would share the port instead of failing.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

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

  absl::Status Listen(const std::vector<std::string>& addresses) {
    grpc::ServerBuilder builder;
    SetLimits(builder);
    std::vector<int> ports(addresses.size(), 0);
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      builder.AddListeningPort(addresses[i], grpc::InsecureServerCredentials(),
                               &ports[i]);
    }
    builder.RegisterService(&webhooks_);
    builder.RegisterService(&health_service_);
    builder.RegisterService(&reflection_v1_->service());
    builder.RegisterService(&reflection_v1alpha_->service());
    grpc_ = builder.BuildAndStart();
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      if (grpc_ == nullptr || ports[i] == 0) {
        return absl::UnavailableError(
            absl::StrCat("cannot listen on ", absl::StrJoin(addresses, ","),
                         ": an address is in use or cannot be bound"));
      }
      addresses_.push_back(WithPort(addresses[i], ports[i]));
    }
    health_.emplace(
        *store_, kProbeInterval, kProbePatience,
        [this](bool serving) { health_service_.SetServing(serving); });
    return absl::OkStatus();
  }

  const std::vector<std::string>& addresses() const override {
    return addresses_;
  }

  void Stop() override {
    if (grpc_ == nullptr) return;
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
  static std::string WithPort(absl::string_view address, int port) {
    if (absl::StartsWith(address, "unix:")) return std::string(address);
    return absl::StrCat(address.substr(0, address.rfind(':')), ":", port);
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
  std::unique_ptr<grpc::Server> grpc_;
  std::vector<std::string> addresses_;
  std::optional<HealthMonitor> health_;
};

void LogFault(absl::string_view what, absl::string_view why) {
  Log(LogLevel::kError, "storage fault", {{"operation", what}, {"cause", why}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config) {
  gpr_set_log_function(&LogGrpc);
  google::protobuf::SetLogHandler(&LogProtobuf);
  auto store = OpenStore(config.database, &LogFault);
  if (absl::IsInvalidArgument(store.status())) {
    return absl::InvalidArgumentError(
        absl::StrCat("--database: ", store.status().message()));
  }
  if (!store.ok()) return store.status();
  SystemEntropy entropy;
  absl::Status ready =
      MakeFirstProject(**store, config.api_key_file, entropy, absl::Now());
  if (!ready.ok()) return ready;
  auto server = std::make_unique<RunningServer>(config, *std::move(store));
  if (absl::Status listening = server->Listen(config.listen); !listening.ok()) {
    return listening;
  }
  return server;
}

}  // namespace webhooks::server
