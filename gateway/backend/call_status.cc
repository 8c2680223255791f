#include "gateway/backend/call_status.h"

#include "google/rpc/status.pb.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

// A status that the server's code did not make. gRPC's own text names addresses
// and settings, so none of it is kept.
absl::Status TransportStatus(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
      return WithReason(
          absl::UnavailableError("the server cannot be reached; try again"),
          kServerUnreachable);
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return WithReason(
          absl::DeadlineExceededError("the server did not answer in time"),
          "DEADLINE_EXCEEDED");
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return WithReason(absl::ResourceExhaustedError(
                            "the request or its answer is too large"),
                        "MESSAGE_TOO_LARGE");
    case grpc::StatusCode::CANCELLED:
      return WithReason(
          absl::UnavailableError("the server ended the call; try again"),
          "CALL_INTERRUPTED");
    case grpc::StatusCode::UNIMPLEMENTED:
      return WithReason(
          absl::UnimplementedError("the server does not offer this call"),
          "CALL_NOT_OFFERED");
    default:
      return WithReason(absl::InternalError("the server failed"),
                        "SERVER_FAILURE");
  }
}

}  // namespace

absl::Status CallStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  if (!status.error_details().empty() &&
      status.error_code() != grpc::StatusCode::CANCELLED &&
      details.ParseFromString(status.error_details())) {
    // The trailer's code decides: details with another one, or with OK, would
    // turn an error into something else.
    details.set_code(status.error_code());
    return FromRpcStatus(details);
  }
  return TransportStatus(status.error_code());
}

}  // namespace webhooks::gateway
