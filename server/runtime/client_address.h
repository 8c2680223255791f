#ifndef WEBHOOKS_SERVER_RUNTIME_CLIENT_ADDRESS_H_
#define WEBHOOKS_SERVER_RUNTIME_CLIENT_ADDRESS_H_

#include <sys/socket.h>

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "server/runtime/address_range.h"

// The address by which limits tell clients apart: an IPv4 address
// ("192.0.2.7"), or the network of an IPv6 address ("2001:db8::/64"), which one
// client may have all to itself. "" stands for a unix socket, which has no such
// address.
namespace webhooks {

std::string ClientAddress(const sockaddr* address);

// Of the peer as gRPC names it: "ipv4:192.0.2.7:443", "ipv6:[::1]:443". One
// that is not understood stands for itself, and none is "unknown".
std::string ClientAddressOfPeer(absl::string_view peer);

// The address, or the network's first, that `text` is; nothing where it is not
// what ClientAddress gives of an IPv4 or IPv6 address.
std::optional<AddressBytes> BytesOfClient(absl::string_view text);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_CLIENT_ADDRESS_H_
