#ifndef WEBHOOKS_SERVER_CALL_GRPC_STATUS_H_
#define WEBHOOKS_SERVER_CALL_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace webhooks::server {

// Converts `status` for the wire, with its details in grpc-status-details-bin.
// Clients and proxies drop calls whose trailers exceed 8 KiB, so the message is
// cut at 1 KiB, and a long list of violations keeps only the first.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_GRPC_STATUS_H_
