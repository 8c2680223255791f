#ifndef WEBHOOKS_SERVER_LISTEN_LISTENING_SOCKET_H_
#define WEBHOOKS_SERVER_LISTEN_LISTENING_SOCKET_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/runtime/peer_scope.h"

namespace webhooks::server {

// OK if `address` is host:port or unix:PATH; INVALID_ARGUMENT says what it is
// not.
absl::Status CheckListenAddress(absl::string_view address);

// A socket that listens. Clients may connect at once; they wait until somebody
// accepts. Closes with its owner, and takes the file of a unix socket along.
class ListeningSocket {
 public:
  // Listens on `address`: host:port, where the host may be a name that stands
  // for several addresses (those that this machine lacks are left out unless it
  // lacks all) and port 0 picks a free one for each; or unix:PATH (also
  // unix:///PATH), where the file of a socket that nobody listens on any more
  // is replaced. INVALID_ARGUMENT: the address. UNAVAILABLE: it cannot be had;
  // the message names it and says why. FAILED_PRECONDITION: it is beyond
  // `scope`.
  static absl::StatusOr<std::vector<ListeningSocket>> Open(
      absl::string_view address, PeerScope scope = PeerScope::kAnywhere);

  ListeningSocket(ListeningSocket&& other) noexcept;
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  // Non-blocking.
  int descriptor() const { return descriptor_; }

  // "127.0.0.1:50051" with the port that was picked, or "unix:PATH".
  const std::string& address() const { return address_; }

 private:
  friend class SocketOpener;

  ListeningSocket(int descriptor, std::string address)
      : descriptor_(descriptor), address_(std::move(address)) {}

  int descriptor_;
  std::string address_;
  // Of a unix socket: its file, and which file that was when it was made.
  std::string path_;
  ino_t inode_ = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_LISTENING_SOCKET_H_
