#ifndef WEBHOOKS_SERVER_LISTEN_LIMITS_H_
#define WEBHOOKS_SERVER_LISTEN_LIMITS_H_

#include "absl/time/time.h"

namespace grpc {
class ServerBuilder;
}

namespace webhooks::server {

// Sets what one message, call and connection, and all of them together, may
// cost the server; server/README.md lists the numbers. A connection has
// `handshake_timeout` to begin.
void SetLimits(grpc::ServerBuilder& builder, absl::Duration handshake_timeout);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_LIMITS_H_
