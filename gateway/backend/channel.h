#ifndef WEBHOOKS_GATEWAY_BACKEND_CHANNEL_H_
#define WEBHOOKS_GATEWAY_BACKEND_CHANNEL_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "grpcpp/channel.h"
#include "server/runtime/tls_material.h"

namespace webhooks::gateway {

// Returns true if gRPC resolves `target`: host:port, or a target of the schemes
// dns, ipv4, ipv6, unix and unix-abstract.
bool IsTarget(absl::string_view target);

// Returns a target for each address of `target`, if that is a list of addresses
// ("ipv4:HOST:PORT,HOST:PORT"); else `target`.
std::vector<std::string> SplitTarget(absl::string_view target);

// Returns a channel to `target` with its own connection. It connects at the
// first call, and again 100 ms to 1 s after each failure. `tls` is null for
// plain text. `tls_name` is the name in the server's certificate; "" means the
// target's host.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target,
                                           const TlsMaterial* tls = nullptr,
                                           const std::string& tls_name = "");

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_CHANNEL_H_
