#ifndef WEBHOOKS_SERVER_LIMITS_H_
#define WEBHOOKS_SERVER_LIMITS_H_

namespace grpc {
class ServerBuilder;
}

namespace webhooks::server {

// Sets what one message, call and connection, and all of them together, may
// cost the server; server/README.md lists the numbers.
void SetLimits(grpc::ServerBuilder& builder);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LIMITS_H_
