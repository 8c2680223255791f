#ifndef WEBHOOKS_GATEWAY_HEALTH_HANDLER_H_
#define WEBHOOKS_GATEWAY_HEALTH_HANDLER_H_

#include <memory>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "gateway/backend/backend.h"
#include "gateway/http/request_handler.h"

namespace webhooks::gateway {

// Answers health probes and passes other requests to `next`. GET /healthz: 200
// while the process runs. GET /readyz: 200 if the server's grpc.health.v1
// service reports SERVING within two seconds, else 503. Both arguments must
// outlive this object.
class HealthHandler : public RequestHandler {
 public:
  HealthHandler(RequestHandler& next, Backend& backend);

  std::variant<HttpResponse, std::unique_ptr<Exchange>> Accept(
      const RequestHead& head) override;

  HttpResponse AnswerError(const absl::Status& status) const override;

 private:
  RequestHandler& next_;
  Backend& backend_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HEALTH_HANDLER_H_
