#ifndef WEBHOOKS_SERVER_DELIVERY_TARGET_GUARD_H_
#define WEBHOOKS_SERVER_DELIVERY_TARGET_GUARD_H_

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Which addresses nothing may be sent to: those of this machine, of private
// networks and of the cloud's own services, so that a webhook's URL gives
// nobody a way into them (server-side request forgery).
namespace webhooks::server {

// An IPv6 address; IPv4 as ::ffff:a.b.c.d.
using AddressBytes = std::array<std::uint8_t, 16>;

// The addresses whose first `bits` bits are those of `address`.
struct AddressRange {
  AddressBytes address{};
  int bits = 0;

  // Reads "10.0.0.0/8", "fd00::/8" or one address. INVALID_ARGUMENT: it is
  // neither, or has bits set behind its prefix.
  static absl::StatusOr<AddressRange> Parse(absl::string_view text);

  bool Holds(const AddressBytes& other) const;
};

// Thread-safe.
class TargetGuard {
 public:
  // Lets through what is in `allowed`, and every address that is not refused
  // by itself.
  explicit TargetGuard(std::vector<AddressRange> allowed);

  // Whether something may be sent to the socket address; only IPv4 and IPv6
  // are.
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
