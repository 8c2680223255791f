#include "gateway/backend/health_check.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/backend/channel.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"

namespace webhooks::gateway {

absl::Status CheckHealth(const std::string& target, const TlsMaterial* tls,
                         const std::string& tls_name, absl::Duration timeout) {
  using grpc::health::v1::Health;
  using grpc::health::v1::HealthCheckResponse;
  const auto stub = Health::NewStub(MakeChannel(target, tls, tls_name));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  HealthCheckResponse response;
  const grpc::Status status = stub->Check(&context, {}, &response);
  if (!status.ok()) {
    return absl::UnavailableError(
        absl::StrCat("the server cannot be reached: ", status.error_message()));
  }
  if (response.status() != HealthCheckResponse::SERVING) {
    return absl::UnavailableError("the server is not serving");
  }
  return absl::OkStatus();
}

}  // namespace webhooks::gateway
