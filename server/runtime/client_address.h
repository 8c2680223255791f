#ifndef WEBHOOKS_SERVER_RUNTIME_CLIENT_ADDRESS_H_
#define WEBHOOKS_SERVER_RUNTIME_CLIENT_ADDRESS_H_

#include <sys/socket.h>

#include <string>

#include "absl/strings/string_view.h"

// What limits know clients by: an IPv4 address ("192.0.2.7"), or the network of
// an IPv6 address ("2001:db8::/64"), which one client may have all to itself.
// "" stands for what has no such address, as a unix socket.
namespace webhooks {

// The metadata entry in which a gateway tells the server its client's address.
inline constexpr char kClientAddressKey[] = "x-client-address";

std::string ClientAddress(const sockaddr* address);

// Of the peer as gRPC names it: "ipv4:192.0.2.7:443", "ipv6:[::1]:443".
std::string ClientAddressOfPeer(absl::string_view peer);

// Whether the client is on this machine.
bool IsThisMachine(absl::string_view client_address);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_CLIENT_ADDRESS_H_
