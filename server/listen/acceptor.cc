#include "server/listen/acceptor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/runtime/client_address.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

constexpr int kRestMillis = 100;
constexpr int kForever = -1;

int LowestFreeFile() {
  const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (file >= 0) close(file);
  return file;
}

// What says nothing against the next connection: the client went, or was in
// trouble before anybody took its connection (accept(2), "Error handling").
bool IsOfOneConnection(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Acceptor>> Acceptor::Start(
    std::vector<ListeningSocket> sockets, const Limits& limits,
    Accepted accepted) {
  const int stop_event = eventfd(0, EFD_CLOEXEC);
  const int lowest_free = LowestFreeFile();
  if (stop_event < 0 || lowest_free < 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot accept connections: ", std::strerror(errno)));
  }
  return std::unique_ptr<Acceptor>(new Acceptor(
      std::move(sockets), lowest_free + limits.connections,
      limits.connections_per_address, stop_event, std::move(accepted)));
}

Acceptor::Acceptor(std::vector<ListeningSocket> sockets, int lowest_refused,
                   int max_per_address, int stop_event, Accepted accepted)
    : sockets_(std::move(sockets)),
      stop_event_(stop_event),
      lowest_refused_(lowest_refused),
      accepted_(std::move(accepted)),
      by_address_(max_per_address),
      thread_([this] { Run(); }) {}

Acceptor::~Acceptor() {
  eventfd_write(stop_event_, 1);
  thread_.join();
  close(stop_event_);
}

void Acceptor::Run() {
  std::vector<pollfd> files{{stop_event_, POLLIN, 0}};
  for (const ListeningSocket& socket : sockets_) {
    files.push_back({socket.descriptor(), POLLIN, 0});
  }
  for (;;) {
    poll(files.data(), files.size(), kForever);
    for (std::size_t i = 1; i < files.size(); ++i) {
      // What is short now would be as short in a loop that never rests.
      if (files[i].revents != 0 && !AcceptOne(files[i].fd)) {
        poll(files.data(), 1, kRestMillis);
      }
    }
    if (files[0].revents != 0) return;
  }
}

bool Acceptor::AcceptOne(int listener) {
  sockaddr_storage peer = {};
  socklen_t size = sizeof(peer);
  const int connection = accept4(listener, reinterpret_cast<sockaddr*>(&peer),
                                 &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (connection < 0) return AfterFailure(errno);
  if (connection >= lowest_refused_) {
    Refuse(connection, "too many connections, so new ones are closed", peer);
  } else if (!by_address_.Add(connection, peer)) {
    Refuse(connection,
           "too many connections from one address, so new ones of "
           "it are closed",
           peer);
  } else {
    accepted_(listener, connection);
  }
  return true;
}

void Acceptor::Refuse(int connection, absl::string_view why,
                      const sockaddr_storage& peer) {
  close(connection);
  if (!refusal_lines_.IsDue()) return;
  const std::string client =
      ClientAddress(reinterpret_cast<const sockaddr*>(&peer));
  Log(LogLevel::kWarning, why, {{"client_address", client}});
}

bool Acceptor::AfterFailure(int error) {
  if (error == EAGAIN || IsOfOneConnection(error)) return true;
  if (failure_lines_.IsDue()) {
    Log(LogLevel::kWarning, "cannot accept connections",
        {{"error", std::strerror(error)}});
  }
  return false;
}

}  // namespace webhooks::server
