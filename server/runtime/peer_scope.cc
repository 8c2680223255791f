#include "server/runtime/peer_scope.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace webhooks {
namespace {

bool IsLoopback(const in_addr& address) {
  return ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET;
}

bool IsLoopback(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    return IsLoopback(reinterpret_cast<const sockaddr_in*>(address)->sin_addr);
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
  return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

bool IsLoopbackHost(const std::string& host) {
  in_addr v4;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return IsLoopback(v4);
  in6_addr v6;
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) {
    return IN6_IS_ADDR_LOOPBACK(&v6);
  }
  return absl::EqualsIgnoreCase(host, "localhost");
}

// Returns the host of "host", "host:port" and "[ipv6]:port".
std::string HostOf(absl::string_view target) {
  if (absl::ConsumePrefix(&target, "[")) {
    return std::string(target.substr(0, target.find(']')));
  }
  return std::string(target.substr(0, target.rfind(':')));
}

}  // namespace

std::string SocketAddressText(const sockaddr* address, socklen_t size) {
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  if (getnameinfo(address, size, host, sizeof(host), port, sizeof(port),
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "";
  }
  return address->sa_family == AF_INET6 ? absl::StrCat("[", host, "]:", port)
                                        : absl::StrCat(host, ":", port);
}

absl::Status CheckPeerScope(absl::string_view flag, const sockaddr* address,
                            socklen_t size, PeerScope scope,
                            absl::string_view remedy) {
  if (scope == PeerScope::kAnywhere || IsLoopback(address)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("--", flag, ": ", SocketAddressText(address, size),
                   " can be reached from other machines, and needs ", remedy));
}

absl::Status CheckPeerScope(absl::string_view flag, const Address& address,
                            PeerScope scope, absl::string_view remedy) {
  addrinfo hints = {};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
  if (error != 0) {
    return absl::UnavailableError(absl::StrCat("--", flag, ": ", address.host,
                                               ": ", gai_strerror(error)));
  }
  const absl::Cleanup free = [found] { freeaddrinfo(found); };
  absl::Status good;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    good.Update(
        CheckPeerScope(flag, info->ai_addr, info->ai_addrlen, scope, remedy));
  }
  return good;
}

bool StaysOnThisMachine(absl::string_view target) {
  if (absl::StartsWith(target, "unix:") ||
      absl::StartsWith(target, "unix-abstract:")) {
    return true;
  }
  for (const absl::string_view scheme : {"dns:", "ipv4:", "ipv6:"}) {
    if (!absl::ConsumePrefix(&target, scheme)) continue;
    // Removes an authority, as in dns://8.8.8.8/host:port.
    target = target.substr(target.rfind('/') + 1);
    break;
  }
  for (const absl::string_view one : absl::StrSplit(target, ',')) {
    if (!IsLoopbackHost(HostOf(one))) return false;
  }
  return true;
}

}  // namespace webhooks
