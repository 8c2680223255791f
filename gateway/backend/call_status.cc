#include "gateway/backend/call_status.h"

#include "gateway/errors.h"
#include "google/rpc/status.pb.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

// Returns the error for a status of the transport. gRPC's own text names
// addresses and settings, so it is not used.
absl::Status TransportStatus(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
      return ServerUnreachable("the server cannot be reached; try again");
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return DeadlineExceeded();
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return MessageTooLarge();
    case grpc::StatusCode::CANCELLED:
      return CallInterrupted();
    case grpc::StatusCode::UNIMPLEMENTED:
      return CallNotOffered();
    default:
      return ServerFailure();
  }
}

}  // namespace

absl::Status CallStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  if (!status.error_details().empty() &&
      status.error_code() != grpc::StatusCode::CANCELLED &&
      details.ParseFromString(status.error_details())) {
    // The code of the trailer counts: details with another code, or OK, would
    // change the error.
    details.set_code(status.error_code());
    return FromRpcStatus(details);
  }
  return TransportStatus(status.error_code());
}

}  // namespace webhooks::gateway
