#include "server/listen/tcp_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cstddef>

#include "absl/strings/str_cat.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kDiscardedAtOnce = std::size_t{16} << 20;

// Values of SO_RCVBUF, and of TCP_WINDOW_CLAMP.
constexpr int kSmallBuffer = 4 << 10;
constexpr int kLargeBuffer = 128 << 10;
constexpr int kLargestWindow = 4 << 20;

// Mirrors the first fields of Linux's tcp_info. linux/tcp.h conflicts with
// glibc's header, whose tcp_info lacks the last field.
struct TcpInfo {
  tcp_info known;
  std::uint64_t pacing_rate;
  std::uint64_t max_pacing_rate;
  std::uint64_t bytes_acked;
  std::uint64_t bytes_received;
};
static_assert(sizeof(tcp_info) == 104);

}  // namespace

std::string PeerName(const sockaddr_storage& peer) {
  char text[INET6_ADDRSTRLEN];
  if (peer.ss_family == AF_INET) {
    const auto& address = reinterpret_cast<const sockaddr_in&>(peer);
    inet_ntop(AF_INET, &address.sin_addr, text, sizeof(text));
    return absl::StrCat("ipv4:", text, ":", ntohs(address.sin_port));
  }
  if (peer.ss_family != AF_INET6) return "";
  const auto& address = reinterpret_cast<const sockaddr_in6&>(peer);
  if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr)) {
    inet_ntop(AF_INET, &address.sin6_addr.s6_addr[12], text, sizeof(text));
    return absl::StrCat("ipv4:", text, ":", ntohs(address.sin6_port));
  }
  inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof(text));
  const std::string zone = address.sin6_scope_id == 0
                               ? ""
                               : absl::StrCat("%25", address.sin6_scope_id);
  return absl::StrCat("ipv6:%5B", text, zone, "%5D:", ntohs(address.sin6_port));
}

std::int64_t BytesReceived(int descriptor) {
  TcpInfo info = {};
  socklen_t size = sizeof(info);
  if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) {
    return 0;
  }
  return static_cast<std::int64_t>(info.bytes_received);
}

void ShutDown(int descriptor) {
  shutdown(descriptor, SHUT_RDWR);
  while (recv(descriptor, nullptr, kDiscardedAtOnce, MSG_TRUNC | MSG_DONTWAIT) >
         0) {
  }
}

void ReadSlowly(int descriptor, bool slowly) {
  const int buffer = slowly ? kSmallBuffer : kLargeBuffer;
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
  if (slowly) return;
  const int unlocked = 0;
  setsockopt(descriptor, SOL_SOCKET, SO_BUF_LOCK, &unlocked, sizeof(unlocked));
  // The small buffer has reduced the window clamp too.
  setsockopt(descriptor, IPPROTO_TCP, TCP_WINDOW_CLAMP, &kLargestWindow,
             sizeof(kLargestWindow));
}

}  // namespace webhooks::server
