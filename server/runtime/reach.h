#ifndef WEBHOOKS_SERVER_RUNTIME_REACH_H_
#define WEBHOOKS_SERVER_RUNTIME_REACH_H_

#include <sys/socket.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/runtime/address.h"

// Where plain text may go.
namespace webhooks {

// Where the other sides of a socket may be.
enum class Reach {
  kAnywhere,
  // On this machine: what is sent in plain text does not leave it.
  kThisMachine,
};

// "127.0.0.1:80" or "[::1]:80".
std::string SocketAddressText(const sockaddr* address, socklen_t size);

// Returns OK if a listener on `address`, which `flag` names, has no clients
// beyond `reach`. FAILED_PRECONDITION: it has; `remedy` says what that needs.
absl::Status CheckReach(absl::string_view flag, const sockaddr* address,
                        socklen_t size, Reach reach, absl::string_view remedy);

// Does the same for all addresses of the host. UNAVAILABLE: they are not known.
absl::Status CheckReach(absl::string_view flag, const Address& address,
                        Reach reach, absl::string_view remedy);

// The remedies.
inline constexpr absl::string_view kListenRemedy =
    "--tls_cert and --tls_key, or --allow_plaintext";
inline constexpr absl::string_view kMetricsRemedy = "--allow_plaintext";

// Returns true if data for `target`, as gRPC names it, stays on this machine:
// it is a unix socket, localhost, or addresses of loopback. Other names are not
// looked up.
bool StaysOnThisMachine(absl::string_view target);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_REACH_H_
