#ifndef WEBHOOKS_GATEWAY_BACKEND_CALL_STATUS_H_
#define WEBHOOKS_GATEWAY_BACKEND_CALL_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace webhooks::gateway {

// How a call ended: with the details that the server gave in
// grpc-status-details-bin. UNAVAILABLE and DEADLINE_EXCEEDED without any are
// the transport's: they get a reason (SERVER_UNREACHABLE, DEADLINE_EXCEEDED)
// and a message of ours, as gRPC's names addresses.
absl::Status CallStatus(const grpc::Status& status);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_CALL_STATUS_H_
