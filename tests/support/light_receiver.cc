#include "tests/support/light_receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace webhooks::testing {
namespace {

constexpr absl::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

void Watch(int epoll, int file) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = file;
  epoll_ctl(epoll, EPOLL_CTL_ADD, file, &event);
}

// Returns the size of the body that `head` announces.
std::size_t BodySize(absl::string_view head) {
  const std::string lower = absl::AsciiStrToLower(head);
  constexpr absl::string_view kName = "content-length: ";
  const std::size_t at = lower.find(std::string(kName));
  std::size_t size = 0;
  if (at == std::string::npos) return 0;
  const absl::string_view value =
      absl::string_view(lower).substr(at + kName.size());
  if (!absl::SimpleAtoi(value.substr(0, value.find('\r')), &size)) return 0;
  return size;
}

}  // namespace

LightReceiver::LightReceiver(Observer observer)
    : observer_(std::move(observer)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_(eventfd(0, EFD_CLOEXEC)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener_, SOMAXCONN);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  url_ = absl::StrCat("http://127.0.0.1:", ntohs(address.sin_port));
  Watch(epoll_, listener_);
  Watch(epoll_, stop_);
  thread_ = std::thread([this] { Run(); });
}

LightReceiver::~LightReceiver() {
  eventfd_write(stop_, 1);
  thread_.join();
  for (const auto& [connection, input] : inputs_) close(connection);
  close(listener_);
  close(stop_);
  close(epoll_);
}

std::int64_t LightReceiver::count() {
  absl::MutexLock lock(&mutex_);
  return count_;
}

void LightReceiver::Await(std::int64_t count) {
  absl::MutexLock lock(&mutex_);
  const auto has_come = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return count_ >= count;
  };
  mutex_.Await(absl::Condition(&has_come));
}

void LightReceiver::Run() {
  std::array<epoll_event, 64> events;
  for (;;) {
    const int ready = epoll_wait(epoll_, events.data(), events.size(), -1);
    for (int i = 0; i < ready; ++i) {
      const int file = events[static_cast<std::size_t>(i)].data.fd;
      if (file == stop_) return;
      if (file == listener_) {
        Accept();
      } else if (!Read(file)) {
        inputs_.erase(file);
        close(file);
      }
    }
  }
}

void LightReceiver::Accept() {
  const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (connection < 0) return;
  const int on = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  inputs_[connection];
  Watch(epoll_, connection);
}

bool LightReceiver::Read(int connection) {
  std::array<char, 64 << 10> bytes;
  const ssize_t size = recv(connection, bytes.data(), bytes.size(), 0);
  if (size <= 0) return false;
  std::string& input = inputs_[connection];
  input.append(bytes.data(), static_cast<std::size_t>(size));
  Answer(connection, input);
  return true;
}

void LightReceiver::Answer(int connection, std::string& input) {
  for (;;) {
    const std::size_t end = input.find("\r\n\r\n");
    if (end == std::string::npos) return;
    const std::size_t size =
        end + 4 + BodySize(absl::string_view(input).substr(0, end));
    if (input.size() < size) return;
    if (observer_) observer_(absl::string_view(input).substr(0, size));
    input.erase(0, size);
    static_cast<void>(
        !send(connection, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL));
    absl::MutexLock lock(&mutex_);
    ++count_;
  }
}

}  // namespace webhooks::testing
