#include "server/runtime/client_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace webhooks {
namespace {

constexpr std::size_t kNetworkBytes = 8;

std::string Text(const in_addr& address) {
  char text[INET_ADDRSTRLEN];
  return inet_ntop(AF_INET, &address, text, sizeof(text)) ? text : "";
}

std::string Text(in6_addr address) {
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    in_addr v4;
    std::memcpy(&v4, address.s6_addr + 12, sizeof(v4));
    return Text(v4);
  }
  std::fill(address.s6_addr + kNetworkBytes, std::end(address.s6_addr),
            std::uint8_t{0});
  char text[INET6_ADDRSTRLEN];
  if (!inet_ntop(AF_INET6, &address, text, sizeof(text))) return "";
  return absl::StrCat(text, "/64");
}

}  // namespace

std::string ClientAddress(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    return Text(reinterpret_cast<const sockaddr_in*>(address)->sin_addr);
  }
  if (address->sa_family == AF_INET6) {
    return Text(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
  }
  return "";
}

std::string ClientAddressOfPeer(absl::string_view peer) {
  const bool is_v6 = absl::ConsumePrefix(&peer, "ipv6:");
  if (!is_v6 && !absl::ConsumePrefix(&peer, "ipv4:")) return "";
  // gRPC percent-encodes the brackets.
  const std::string host =
      absl::StrReplaceAll(peer.substr(0, peer.rfind(':')),
                          {{"%5B", ""}, {"%5D", ""}, {"[", ""}, {"]", ""}});
  in_addr v4;
  in6_addr v6;
  if (is_v6) return inet_pton(AF_INET6, host.c_str(), &v6) == 1 ? Text(v6) : "";
  return inet_pton(AF_INET, host.c_str(), &v4) == 1 ? Text(v4) : "";
}

bool IsThisMachine(absl::string_view client_address) {
  // Of ::/64, only ::1 is anybody's.
  return client_address.empty() || client_address == "::/64" ||
         absl::StartsWith(client_address, "127.");
}

}  // namespace webhooks
