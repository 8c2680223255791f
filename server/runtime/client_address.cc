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

// Return "" if the host is not such an address.
std::string V4Text(const std::string& host) {
  in_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ? Text(address) : "";
}

std::string V6Text(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET6, host.c_str(), &address) == 1 ? Text(address) : "";
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
  if (absl::StartsWith(peer, "unix")) return "";
  absl::string_view rest = peer;
  const bool is_v6 = absl::ConsumePrefix(&rest, "ipv6:");
  absl::ConsumePrefix(&rest, "ipv4:");
  // gRPC percent-encodes the brackets, and the '%' of a link's zone.
  std::string host =
      absl::StrReplaceAll(rest.substr(0, rest.rfind(':')),
                          {{"%5B", ""}, {"%5D", ""}, {"[", ""}, {"]", ""}});
  host.resize(std::min(host.find('%'), host.size()));
  std::string text = is_v6 ? V6Text(host) : V4Text(host);
  if (!text.empty()) return text;
  return peer.empty() ? "unknown" : std::string(peer);
}

std::optional<AddressBytes> BytesOfClient(absl::string_view text) {
  std::string host(text);
  if (const auto ipv4 = ReadIpv4(host)) return ipv4;
  host = std::string(absl::StripSuffix(text, "/64"));
  return V6Text(host) == text ? ReadIpv6(host) : std::nullopt;
}

}  // namespace webhooks
