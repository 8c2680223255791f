#ifndef WEBHOOKS_GATEWAY_BACKEND_CALL_STATUS_H_
#define WEBHOOKS_GATEWAY_BACKEND_CALL_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace webhooks::gateway {

// Returns the status of a call that the gateway did not cancel, with the
// server's details from grpc-status-details-bin. A status without details is
// the transport's and is replaced by an error of gateway/errors.h: UNAVAILABLE
// (SERVER_UNREACHABLE), DEADLINE_EXCEEDED (DEADLINE_EXCEEDED),
// RESOURCE_EXHAUSTED (MESSAGE_TOO_LARGE), UNIMPLEMENTED (CALL_NOT_OFFERED), any
// other INTERNAL (SERVER_FAILURE). CANCELLED, with or without details, becomes
// UNAVAILABLE (CALL_INTERRUPTED): a server that stops ends its calls with it.
absl::Status CallStatus(const grpc::Status& status);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_CALL_STATUS_H_
