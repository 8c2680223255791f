#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace webhooks::testing {
namespace {

// Returns the size of the body that the head announces.
std::size_t BodySize(const std::string& head) {
  constexpr char kName[] = "Content-Length: ";
  const std::size_t at = head.find(kName);
  std::size_t size = 0;
  if (at == std::string::npos) return 0;
  const std::string value = head.substr(at + sizeof(kName) - 1);
  if (!absl::SimpleAtoi(value.substr(0, value.find('\r')), &size)) return 0;
  return size;
}

}  // namespace

std::string ScriptedConnection::ReadRequest() {
  for (;;) {
    const std::size_t end = input_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t size = end + 4 + BodySize(input_.substr(0, end + 2));
      if (input_.size() >= size) {
        std::string request = input_.substr(0, size);
        input_.erase(0, size);
        return request;
      }
    }
    std::array<char, 16384> bytes;
    pollfd files[] = {{socket_, POLLIN, 0}, {stop_, POLLIN, 0}};
    poll(files, 2, -1);
    if ((files[1].revents & POLLIN) != 0) return "";
    const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
    if (count <= 0) return "";
    input_.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

bool ScriptedConnection::Send(const std::string& bytes) {
  return send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

void ScriptedConnection::Hang() {
  while (Pause(-1)) {
  }
}

bool ScriptedConnection::Pause(int milliseconds) {
  pollfd files[] = {{socket_, POLLRDHUP, 0}, {stop_, POLLIN, 0}};
  return poll(files, 2, milliseconds) == 0;
}

ScriptedServer::ScriptedServer(Script script)
    : script_(std::move(script)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_(eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener_, SOMAXCONN);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

ScriptedServer::~ScriptedServer() {
  eventfd_write(stop_, 1);
  thread_.join();
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
  close(stop_);
}

std::string ScriptedServer::url() const {
  return absl::StrCat("http://127.0.0.1:", port_, "/");
}

int ScriptedServer::connections() {
  absl::MutexLock lock(&mutex_);
  return connections_;
}

void ScriptedServer::Run() {
  for (;;) {
    pollfd files[] = {{listener_, POLLIN, 0}, {stop_, POLLIN, 0}};
    poll(files, 2, -1);
    if ((files[1].revents & POLLIN) != 0) return;
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    int number = 0;
    {
      absl::MutexLock lock(&mutex_);
      number = connections_++;
    }
    threads_.emplace_back([this, socket, number] {
      ScriptedConnection connection(socket, stop_);
      script_(connection, number);
      close(socket);
    });
  }
}

}  // namespace webhooks::testing
