#ifndef WEBHOOKS_SERVER_RUNTIME_PEER_SCOPE_H_
#define WEBHOOKS_SERVER_RUNTIME_PEER_SCOPE_H_

#include <sys/socket.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/runtime/address.h"

// Limits the machines that plain text may reach.
namespace webhooks {

// The machines that the peers of a socket may be on.
enum class PeerScope {
  kAnywhere,
  // Only this machine.
  kThisMachine,
};

// "127.0.0.1:80" or "[::1]:80".
std::string SocketAddressText(const sockaddr* address, socklen_t size);

// Returns OK if the clients of a listener on `address`, which `flag` names, are
// within `scope`, else FAILED_PRECONDITION with `remedy` in the message.
absl::Status CheckPeerScope(absl::string_view flag, const sockaddr* address,
                            socklen_t size, PeerScope scope,
                            absl::string_view remedy);

// Does the same for all addresses of the host. UNAVAILABLE if it cannot be
// resolved.
absl::Status CheckPeerScope(absl::string_view flag, const Address& address,
                            PeerScope scope, absl::string_view remedy);

// The remedies of listeners.
inline constexpr absl::string_view kListenRemedy =
    "--tls_cert and --tls_key, or --allow_plaintext";
inline constexpr absl::string_view kMetricsRemedy = "--allow_plaintext_metrics";

// Returns true if data for `target`, a gRPC target, stays on this machine: it
// is a unix socket, localhost, or a loopback address. Does not resolve other
// names.
bool StaysOnThisMachine(absl::string_view target);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_PEER_SCOPE_H_
