#include "server/listen/listening_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/runtime/address.h"

namespace webhooks::server {
namespace {

constexpr absl::string_view kUnixScheme = "unix:";

// Returns the path of unix:PATH and unix:///PATH.
absl::string_view UnixPath(absl::string_view address) {
  absl::string_view path = absl::StripPrefix(address, kUnixScheme);
  if (absl::StartsWith(path, "///")) path.remove_prefix(2);
  return path;
}

absl::Status Unavailable(absl::string_view address, absl::string_view why) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address, ": ", why));
}

absl::Status UnavailableErrno(absl::string_view address) {
  return Unavailable(address, std::strerror(errno));
}

std::string LocalText(int descriptor) {
  sockaddr_storage storage;
  socklen_t size = sizeof(storage);
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  if (getsockname(descriptor, address, &size) != 0) return "";
  return SocketAddressText(address, size);
}

// The receive buffer (SO_RCVBUF) of each connection. gRPC reads the whole
// buffer before a flood can be detected, so it is small.
constexpr int kReceiveBuffer = 32 << 10;

void Enable(int descriptor, int level, int option) {
  const int on = 1;
  setsockopt(descriptor, level, option, &on, sizeof(on));
}

bool BindAndListen(int descriptor, const sockaddr* address, socklen_t size) {
  return bind(descriptor, address, size) == 0 &&
         listen(descriptor, SOMAXCONN) == 0;
}

sockaddr_un UnixAddress(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

// Returns 0 if `address` is the file of a socket that no process listens on,
// else an error number.
int ErrorOfProbe(const sockaddr_un& address) {
  const int probe =
      socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return errno;
  const bool connected =
      connect(probe, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) == 0;
  const int error = connected ? EADDRINUSE : errno;
  close(probe);
  // EAGAIN: a process listens, but its backlog is full.
  if (error == EAGAIN) return EADDRINUSE;
  return error == ECONNREFUSED ? 0 : error;
}

// Returns true if `error` means that this machine does not have the address.
bool IsNotOurs(int error) {
  return error == EADDRNOTAVAIL || error == EAFNOSUPPORT;
}

}  // namespace

class SocketOpener {
 public:
  static absl::StatusOr<ListeningSocket> OpenTcp(const addrinfo& info) {
    const std::string text = SocketAddressText(info.ai_addr, info.ai_addrlen);
    ListeningSocket listening = Make(info.ai_family, text);
    const int descriptor = listening.descriptor_;
    if (descriptor < 0) return UnavailableErrno(text);
    Enable(descriptor, SOL_SOCKET, SO_REUSEADDR);
    // Accepted sockets inherit the option. Small frames must not be delayed.
    Enable(descriptor, IPPROTO_TCP, TCP_NODELAY);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer,
               sizeof(kReceiveBuffer));
    // Otherwise [::] and 0.0.0.0 could not use the same port.
    if (info.ai_family == AF_INET6) {
      Enable(descriptor, IPPROTO_IPV6, IPV6_V6ONLY);
    }
    if (!BindAndListen(descriptor, info.ai_addr, info.ai_addrlen)) {
      return UnavailableErrno(text);
    }
    listening.address_ = LocalText(descriptor);
    return listening;
  }

  static absl::StatusOr<ListeningSocket> OpenUnix(const std::string& path) {
    const std::string text = absl::StrCat(kUnixScheme, path);
    const sockaddr_un address = UnixAddress(path);
    if (absl::Status free = MakeFree(path, address, text); !free.ok()) {
      return free;
    }
    ListeningSocket listening = Make(AF_UNIX, text);
    if (listening.descriptor_ < 0 ||
        !BindAndListen(listening.descriptor_,
                       reinterpret_cast<const sockaddr*>(&address),
                       sizeof(address))) {
      return UnavailableErrno(text);
    }
    struct stat made;
    if (lstat(path.c_str(), &made) != 0) return UnavailableErrno(text);
    listening.path_ = path;
    listening.inode_ = made.st_ino;
    return listening;
  }

 private:
  static ListeningSocket Make(int family, std::string address) {
    return {socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
            std::move(address)};
  }

  // Removes only the file of a socket that no process listens on.
  static absl::Status MakeFree(const std::string& path,
                               const sockaddr_un& address,
                               absl::string_view text) {
    struct stat found;
    if (lstat(path.c_str(), &found) != 0) return absl::OkStatus();
    if (!S_ISSOCK(found.st_mode)) {
      return Unavailable(text, "a file that is no socket is in the way");
    }
    if (const int error = ErrorOfProbe(address); error != 0) {
      return Unavailable(text, std::strerror(error));
    }
    if (unlink(path.c_str()) != 0) return UnavailableErrno(text);
    return absl::OkStatus();
  }
};

absl::Status CheckListenAddress(absl::string_view address) {
  if (!absl::StartsWith(address, kUnixScheme)) {
    if (ParseAddress(address).ok()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("'", address, "' is not host:port or unix:PATH"));
  }
  const std::size_t size = UnixPath(address).size();
  if (size > 0 && size < sizeof(sockaddr_un::sun_path)) return {};
  return absl::InvalidArgumentError(
      absl::StrCat("'", address, "' has no path, or one of more than ",
                   sizeof(sockaddr_un::sun_path) - 1, " bytes"));
}

absl::StatusOr<std::vector<ListeningSocket>> ListeningSocket::Open(
    absl::string_view address, PeerScope scope) {
  if (absl::Status good = CheckListenAddress(address); !good.ok()) return good;
  std::vector<ListeningSocket> sockets;
  if (absl::StartsWith(address, kUnixScheme)) {
    auto opened = SocketOpener::OpenUnix(std::string(UnixPath(address)));
    if (!opened.ok()) return opened.status();
    sockets.push_back(*std::move(opened));
    return sockets;
  }
  const absl::StatusOr<Address> parsed = ParseAddress(address);
  addrinfo hints = {};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(parsed->host.c_str(), parsed->port.c_str(), &hints, &found);
  if (error != 0) return Unavailable(address, gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found,
                                                                 &freeaddrinfo);
  absl::Status not_ours;
  for (; found != nullptr; found = found->ai_next) {
    absl::Status safe = CheckPeerScope("listen", found->ai_addr,
                                       found->ai_addrlen, scope, kListenRemedy);
    if (!safe.ok()) return safe;
    auto opened = SocketOpener::OpenTcp(*found);
    if (opened.ok()) {
      sockets.push_back(*std::move(opened));
    } else if (IsNotOurs(errno)) {
      // A name may resolve to ::1 on a machine without IPv6.
      not_ours = opened.status();
    } else {
      return opened.status();
    }
  }
  if (sockets.empty()) return not_ours;
  return sockets;
}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      address_(std::move(other.address_)),
      path_(std::exchange(other.path_, "")),
      inode_(other.inode_) {}

ListeningSocket::~ListeningSocket() {
  // Another server may have replaced the file.
  struct stat found;
  if (!path_.empty() && lstat(path_.c_str(), &found) == 0 &&
      found.st_ino == inode_) {
    unlink(path_.c_str());
  }
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace webhooks::server
