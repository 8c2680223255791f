#ifndef WEBHOOKS_SERVER_DELIVERY_TARGET_GUARD_H_
#define WEBHOOKS_SERVER_DELIVERY_TARGET_GUARD_H_

#include <sys/socket.h>

#include <string>
#include <vector>

#include "server/runtime/address_range.h"

// Which addresses nothing may be sent to: those of this machine, of private
// networks and of the cloud's own services, so that a webhook's URL gives
// nobody a way into them (server-side request forgery).
namespace webhooks::server {

// Thread-safe.
class TargetGuard {
 public:
  // Lets through what is in `allowed`, and every address that is not refused
  // by itself.
  explicit TargetGuard(std::vector<AddressRange> allowed);

  // Returns true if something may be sent to the socket address; only IPv4 and
  // IPv6 are allowed.
  bool Allows(const sockaddr* address) const;

  // The same of an address as text, without port; false where it is none.
  bool Allows(const std::string& address) const;

 private:
  bool Allows(const AddressBytes& address) const;
  bool AllowsIpv6(const AddressBytes& address) const;

  std::vector<AddressRange> allowed_;
  std::vector<AddressRange> refused_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_TARGET_GUARD_H_
