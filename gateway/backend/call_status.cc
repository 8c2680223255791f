#include "gateway/backend/call_status.h"

#include "google/rpc/status.pb.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {

absl::Status CallStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  if (!status.error_details().empty() &&
      details.ParseFromString(status.error_details())) {
    // The trailer's code decides: details with another one, or with OK, would
    // turn an error into something else.
    details.set_code(status.error_code());
    return FromRpcStatus(details);
  }
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return WithReason(
          absl::UnavailableError("the server cannot be reached; try again"),
          "SERVER_UNREACHABLE");
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return WithReason(
          absl::DeadlineExceededError("the server did not answer in time"),
          "DEADLINE_EXCEEDED");
    default:
      return {static_cast<absl::StatusCode>(status.error_code()),
              status.error_message()};
  }
}

}  // namespace webhooks::gateway
