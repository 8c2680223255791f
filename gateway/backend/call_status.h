#ifndef WEBHOOKS_GATEWAY_BACKEND_CALL_STATUS_H_
#define WEBHOOKS_GATEWAY_BACKEND_CALL_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace webhooks::gateway {

// Returns the status of a call that was not cancelled here: with the details
// that the server gave in grpc-status-details-bin. A status without any is the
// transport's and gets a message of ours and a reason: UNAVAILABLE
// (SERVER_UNREACHABLE), DEADLINE_EXCEEDED (the same), RESOURCE_EXHAUSTED
// (MESSAGE_TOO_LARGE), UNIMPLEMENTED (CALL_NOT_OFFERED); any other is INTERNAL
// (SERVER_FAILURE). CANCELLED, with or without details, becomes UNAVAILABLE
// (CALL_INTERRUPTED): a server that stops ends calls with it.
absl::Status CallStatus(const grpc::Status& status);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_CALL_STATUS_H_
