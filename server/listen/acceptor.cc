#include "server/listen/acceptor.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/runtime/client_address.h"
#include "server/runtime/clock.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

constexpr int kRetryDelayMillis = 100;
constexpr int kMaxEvents = 64;

// The time between two examinations of the connections.
constexpr absl::Duration kExamineInterval = absl::Milliseconds(20);

// Returns true for an error of a single connection, which failed before it was
// accepted (accept(2), "Error handling").
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
    std::vector<ListeningSocket> sockets, OpenConnections& connections,
    Accepted accepted, Shut shut) {
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  const int stop_event = eventfd(0, EFD_CLOEXEC);
  if (poll < 0 || stop_event < 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot accept connections: ", std::strerror(errno)));
  }
  return std::unique_ptr<Acceptor>(
      new Acceptor(std::move(sockets), connections, poll, stop_event,
                   std::move(accepted), std::move(shut)));
}

Acceptor::Acceptor(std::vector<ListeningSocket> sockets,
                   OpenConnections& connections, int poll, int stop_event,
                   Accepted accepted, Shut shut)
    : sockets_(std::move(sockets)),
      connections_(connections),
      poll_(poll),
      stop_event_(stop_event),
      accepted_(std::move(accepted)),
      shut_(std::move(shut)),
      thread_([this] { Run(); }) {}

Acceptor::~Acceptor() {
  is_running_ = false;
  StopAccepting();
  thread_.join();
  close(stop_event_);
  close(poll_);
}

void Acceptor::StopAccepting() {
  is_accepting_ = false;
  eventfd_write(stop_event_, 1);
  closed_.WaitForNotification();
}

void Acceptor::Run() {
  Watch(stop_event_, EPOLLIN);
  for (const ListeningSocket& socket : sockets_) {
    Watch(socket.descriptor(), EPOLLIN);
  }
  for (;;) {
    epoll_event ready[kMaxEvents];
    const int count = epoll_wait(poll_, ready, kMaxEvents, PollTimeoutMillis());
    bool must_rest = false;
    for (int i = 0; i < count; ++i) {
      const int file = ready[i].data.fd;
      if (file == stop_event_) {
        eventfd_t ignored;
        eventfd_read(stop_event_, &ignored);
      } else if (IsListener(file)) {
        must_rest |= !AcceptOne(file);
      } else if ((ready[i].events & EPOLLHUP) != 0) {
        Forget(file);
      }
    }
    if (!is_accepting_) CloseSockets();
    if (!is_running_) return;
    AcceptWaiting();
    ExamineConnections();
    // Without the wait, the loop would spin until a descriptor is free.
    if (must_rest) StopForMoment();
  }
}

bool Acceptor::Watch(int file, std::uint32_t events) {
  epoll_event event = {};
  event.events = events;
  event.data.fd = file;
  return epoll_ctl(poll_, EPOLL_CTL_ADD, file, &event) == 0;
}

// Closing the descriptor would not end the connection, since gRPC has another
// descriptor of it.
void Acceptor::Forget(int descriptor) {
  epoll_ctl(poll_, EPOLL_CTL_DEL, descriptor, nullptr);
  for (auto one = waiting_.begin(); one != waiting_.end(); ++one) {
    if (one->second.descriptor != descriptor) continue;
    close(one->second.connection);
    waiting_.erase(one);
    break;
  }
  connections_.Remove(descriptor, SteadyTime());
}

void Acceptor::StopForMoment() {
  pollfd stop = {stop_event_, POLLIN, 0};
  poll(&stop, 1, kRetryDelayMillis);
}

bool Acceptor::IsListener(int file) const {
  return std::any_of(
      sockets_.begin(), sockets_.end(),
      [&](const ListeningSocket& one) { return one.descriptor() == file; });
}

int Acceptor::PollTimeoutMillis() const {
  if (connections_.size() == 0 && waiting_.empty()) return -1;
  const absl::Time next = waiting_.empty()
                              ? examine_at_
                              : std::min(examine_at_, waiting_.begin()->first);
  const absl::Duration left =
      std::max(absl::ZeroDuration(), next - SteadyTime());
  return static_cast<int>(
      absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))));
}

bool Acceptor::AcceptOne(int listener) {
  sockaddr_storage peer = {};
  socklen_t size = sizeof(peer);
  const int connection = accept4(listener, reinterpret_cast<sockaddr*>(&peer),
                                 &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (connection < 0) return HandleFailure(errno);
  const absl::StatusOr<int> descriptor = connections_.Add(connection, peer);
  if (!descriptor.ok()) {
    Refuse(connection, descriptor.status().message(), peer);
    return !absl::IsUnavailable(descriptor.status());
  }
  if (!Watch(*descriptor, 0)) {
    const int error = errno;
    connections_.Remove(*descriptor, SteadyTime());
    Refuse(connection, std::strerror(error), peer);
    return false;
  }
  const absl::Time until = connections_.WaitsUntil(peer);
  if (until > SteadyTime()) {
    waiting_.emplace(until, Waiting{listener, connection, *descriptor});
  } else {
    accepted_(listener, connection);
  }
  return true;
}

void Acceptor::CloseSockets() {
  if (closed_.HasBeenNotified()) return;
  sockets_.clear();
  while (!waiting_.empty()) Forget(waiting_.begin()->second.descriptor);
  closed_.Notify();
}

void Acceptor::AcceptWaiting() {
  const absl::Time now = SteadyTime();
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const Waiting waiting = waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    accepted_(waiting.listener, waiting.connection);
  }
}

void Acceptor::ExamineConnections() {
  const absl::Time now = SteadyTime();
  if (now < examine_at_) return;
  examine_at_ = now + kExamineInterval;
  for (const auto& [address, state] : connections_.Examine(now)) {
    shut_(state);
    if (!flood_log_.IsDue()) continue;
    Log(LogLevel::kWarning,
        state == ConnectionUse::State::kFlood
            ? "a connection is a flood and was shut, and its address waits"
            : "a connection was shut whose request makes no progress",
        {{"client_address", address}});
  }
}

void Acceptor::Refuse(int connection, absl::string_view why,
                      const sockaddr_storage& peer) {
  close(connection);
  if (!refusal_log_.IsDue()) return;
  const std::string client =
      ClientAddress(reinterpret_cast<const sockaddr*>(&peer));
  Log(LogLevel::kWarning, "connection refused",
      {{"error", why}, {"client_address", client}});
}

bool Acceptor::HandleFailure(int error) {
  if (error == EAGAIN || IsOfOneConnection(error)) return true;
  if (failure_log_.IsDue()) {
    Log(LogLevel::kWarning, "cannot accept connections",
        {{"error", std::strerror(error)}});
  }
  return false;
}

}  // namespace webhooks::server
