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

// Returns OK if `address` is host:port or unix:PATH, else INVALID_ARGUMENT.
absl::Status CheckListenAddress(absl::string_view address);

// A listening socket. Clients may connect at once, and wait until they are
// accepted. Closes the socket and removes its file when destroyed.
class ListeningSocket {
 public:
  // Listens on `address`, which has one of these forms:
  //
  // - host:port. A host name may have several addresses; those that this
  //   machine does not have are skipped, unless it has none of them. Port 0
  //   picks a free port for each address.
  // - unix:PATH or unix:///PATH. Replaces the file of a socket that no process
  //   listens on.
  //
  // INVALID_ARGUMENT for a malformed address; UNAVAILABLE if it cannot be
  // bound, with the cause; FAILED_PRECONDITION if it is outside `scope`.
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
  // The path and the inode of a unix socket's file.
  std::string path_;
  ino_t inode_ = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_LISTENING_SOCKET_H_
