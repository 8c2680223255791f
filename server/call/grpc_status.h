#ifndef WEBHOOKS_SERVER_CALL_GRPC_STATUS_H_
#define WEBHOOKS_SERVER_CALL_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace webhooks::server {

// `status` for the wire, with its details in grpc-status-details-bin. Clients
// and proxies drop a call whose trailer passes 8 KiB, so the message is cut at
// 1 KiB, and of a long list of violations only the first are kept.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_GRPC_STATUS_H_
