#ifndef WEBHOOKS_SERVER_DELIVERY_TARGET_GUARD_H_
#define WEBHOOKS_SERVER_DELIVERY_TARGET_GUARD_H_

#include <sys/socket.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/runtime/address_range.h"

namespace webhooks::server {

// Returns true for the names of this machine that every resolver must know:
// localhost and those that end in .localhost (RFC 6761).
bool IsLoopbackName(absl::string_view host);

// Refuses the addresses of this machine, of private networks and of cloud
// services, so that nobody reaches them with the URL of a webhook (server-side
// request forgery). Thread-safe.
class TargetGuard {
 public:
  // Addresses in `allowed` are allowed even if they would be refused.
  explicit TargetGuard(std::vector<AddressRange> allowed);

  // Returns true if requests may be sent to the socket address. Refuses all
  // families other than IPv4 and IPv6.
  bool Allows(const sockaddr* address) const;

  // Does the same for an address as text, without a port. Refuses malformed
  // text.
  bool Allows(const std::string& address) const;

  // Returns false if no request can be sent to `host`, the host of a URL
  // without brackets: an address that is refused, or a name of this machine
  // (localhost, RFC 6761) while no loopback address is allowed. Returns true
  // for other names: their addresses are checked when a request is sent.
  bool AllowsHost(absl::string_view host) const;

 private:
  bool Allows(const AddressBytes& address) const;
  bool AllowsIpv6(const AddressBytes& address) const;
  bool AllowsLoopback() const;

  std::vector<AddressRange> allowed_;
  std::vector<AddressRange> refused_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_TARGET_GUARD_H_
