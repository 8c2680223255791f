#ifndef WEBHOOKS_SERVER_LISTEN_LIMITS_H_
#define WEBHOOKS_SERVER_LISTEN_LIMITS_H_

#include "absl/time/time.h"

namespace grpc {
class ServerBuilder;
}

namespace webhooks::server {

// Sets the limits of gRPC for a message, a call, a connection, and all of them
// together; server/README.md lists them. A connection must complete its
// handshake within `handshake_timeout`.
void SetLimits(grpc::ServerBuilder& builder, absl::Duration handshake_timeout);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_LIMITS_H_
