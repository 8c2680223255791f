#ifndef WEBHOOKS_GATEWAY_BACKEND_CHANNEL_H_
#define WEBHOOKS_GATEWAY_BACKEND_CHANNEL_H_

#include <memory>
#include <string>

#include "grpcpp/channel.h"

namespace webhooks::gateway {

// A plaintext channel to `target` with a connection of its own. It connects at
// the first call, and tries again 100 ms to 1 s after each failure.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_CHANNEL_H_
