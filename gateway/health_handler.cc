#include "gateway/health_handler.h"

#include <utility>

#include "gateway/errors.h"
#include "gateway/responses.h"
#include "grpc/health/v1/health.pb.h"

namespace webhooks::gateway {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr absl::string_view kHealth = "/healthz";
constexpr absl::string_view kReadiness = "/readyz";
constexpr absl::Duration kProbeTimeout = absl::Seconds(2);

HttpResponse OkResponse() {
  HttpResponse response;
  response.body = R"({"status":"ok"})";
  return response;
}

// Every problem of the server makes this process unavailable.
absl::Status Readiness(const Backend::Reply& reply) {
  if (!reply.status.ok()) {
    return ServerUnreachable("the server does not answer");
  }
  const auto& health = static_cast<const HealthCheckResponse&>(*reply.response);
  if (health.status() != HealthCheckResponse::SERVING) {
    return ServerNotServing();
  }
  return absl::OkStatus();
}

class ProbeExchange : public Exchange {
 public:
  explicit ProbeExchange(Backend& backend) : backend_(backend) {}

  absl::string_view route() const override { return kReadiness; }

  void Run(std::string, Respond respond, Post) override {
    Backend::Call call;
    call.rpc_path = "/grpc.health.v1.Health/Check";
    call.timeout = kProbeTimeout;
    call.request = std::make_unique<HealthCheckRequest>();
    call.response = std::make_unique<HealthCheckResponse>();
    cancel_ = backend_.Start(
        std::move(call),
        [respond = std::move(respond)](const Backend::Reply& reply) mutable {
          const absl::Status ready = Readiness(reply);
          respond(ready.ok() ? OkResponse() : ErrorResponse(ready));
        });
  }

  void Cancel() override { cancel_(); }

 private:
  Backend& backend_;
  Backend::Cancel cancel_;
};

}  // namespace

HealthHandler::HealthHandler(RequestHandler& next, Backend& backend)
    : next_(next), backend_(backend) {}

std::variant<HttpResponse, std::unique_ptr<Exchange>> HealthHandler::Accept(
    const RequestHead& head) {
  if (head.path != kHealth && head.path != kReadiness) {
    return next_.Accept(head);
  }
  const bool is_get = head.method == "GET" || head.method == "HEAD";
  if (is_get && head.path == kReadiness) {
    return std::make_unique<ProbeExchange>(backend_);
  }
  HttpResponse response =
      is_get ? OkResponse()
             : UnboundResponse(head.method, {"GET", "HEAD", "OPTIONS"});
  response.route = std::string(head.path);
  return response;
}

HttpResponse HealthHandler::AnswerError(const absl::Status& status) const {
  return next_.AnswerError(status);
}

}  // namespace webhooks::gateway
