#ifndef WEBHOOKS_SERVER_RUNTIME_CLIENT_ADDRESS_H_
#define WEBHOOKS_SERVER_RUNTIME_CLIENT_ADDRESS_H_

#include <sys/socket.h>

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "server/runtime/address_range.h"

// The address that identifies a client for limits: an IPv4 address
// ("192.0.2.7"), or the network of an IPv6 address ("2001:db8::/64"), since one
// client may own a whole network. "" for a unix socket.
namespace webhooks {

std::string ClientAddress(const sockaddr* address);

// Returns the address of gRPC's name of a peer ("ipv4:192.0.2.7:443",
// "ipv6:[::1]:443"). An unknown form is returned unchanged; an empty name is
// "unknown".
std::string ClientAddressOfPeer(absl::string_view peer);

// Returns the bytes of an IPv4 address, or of the first address of an IPv6
// network; nullopt if `text` is not a result of ClientAddress for one of these.
std::optional<AddressBytes> BytesOfClient(absl::string_view text);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_CLIENT_ADDRESS_H_
