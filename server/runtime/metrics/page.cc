#include "server/runtime/metrics/page.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <prometheus/text_serializer.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iterator>
#include <sstream>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace webhooks {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMostClients = 16;
constexpr auto kPatience = std::chrono::seconds(5);
constexpr std::size_t kMostRequestBytes = 8 << 10;
constexpr absl::string_view kHeadEnd = "\r\n\r\n";

// -1: errno says why.
int OpenListener(const addrinfo& info) {
  const int socket =
      ::socket(info.ai_family, info.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
               info.ai_protocol);
  if (socket < 0) return -1;
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (info.ai_family == AF_INET6) {
    setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  }
  if (bind(socket, info.ai_addr, info.ai_addrlen) == 0 &&
      listen(socket, static_cast<int>(kMostClients)) == 0) {
    return socket;
  }
  const int error = errno;
  close(socket);
  errno = error;
  return -1;
}

std::string LocalAddress(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  auto* const name = reinterpret_cast<sockaddr*>(&bound);
  getsockname(socket, name, &size);
  return SocketAddressText(name, size);
}

absl::Status CannotListen(const Address& address, absl::string_view why) {
  return absl::UnavailableError(
      absl::StrCat("--metrics_listen: cannot listen on ", address.host, ":",
                   address.port, ": ", why));
}

std::string Response(absl::string_view status, absl::string_view headers,
                     absl::string_view body, bool is_head) {
  return absl::StrCat("HTTP/1.1 ", status, "\r\n", headers,
                      "Content-Length: ", body.size(),
                      "\r\nConnection: close\r\nCache-Control: no-store\r\n"
                      "X-Content-Type-Options: nosniff\r\n\r\n",
                      is_head ? "" : body);
}

}  // namespace

struct MetricsPage::Client {
  int socket;
  SteadyClock::time_point deadline;
  std::string request;
  std::string answer;
  std::size_t sent = 0;
};

absl::StatusOr<std::unique_ptr<MetricsPage>> MetricsPage::Listen(
    const Address& address, Reach reach) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
  if (error != 0) return CannotListen(address, gai_strerror(error));
  const absl::Cleanup free = [found] { freeaddrinfo(found); };
  int listener = -1;
  for (const addrinfo* info = found; info != nullptr && listener < 0;
       info = info->ai_next) {
    absl::Status safe = CheckReach("metrics_listen", info->ai_addr,
                                   info->ai_addrlen, reach, kMetricsRemedy);
    if (!safe.ok()) return safe;
    listener = OpenListener(*info);
  }
  if (listener < 0) return CannotListen(address, std::strerror(errno));
  return std::unique_ptr<MetricsPage>(
      new MetricsPage(listener, LocalAddress(listener)));
}

MetricsPage::MetricsPage(int listener, std::string address)
    : listener_(listener),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      address_(std::move(address)) {}

void MetricsPage::Serve(std::vector<const prometheus::Collectable*> metrics) {
  metrics_ = std::move(metrics);
  thread_ = std::thread([this] { Run(); });
}

MetricsPage::~MetricsPage() {
  eventfd_write(wake_, 1);
  if (thread_.joinable()) thread_.join();
  close(wake_);
  close(listener_);
}

void MetricsPage::Run() {
  std::vector<Client> clients;
  for (;;) {
    std::vector<pollfd> files = {{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    auto deadline = SteadyClock::time_point::max();
    for (const Client& client : clients) {
      const bool reads = client.answer.empty();
      files.push_back(
          {client.socket, static_cast<short>(reads ? POLLIN : POLLOUT), 0});
      deadline = std::min(deadline, client.deadline);
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(
        std::max(deadline - SteadyClock::now(), SteadyClock::duration::zero()));
    poll(files.data(), files.size(),
         clients.empty() ? -1 : static_cast<int>(wait.count()));
    if (files[0].revents != 0) break;
    std::vector<Client> rest;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      const bool is_ready = files[i + 2].revents != 0;
      const bool goes_on = is_ready ? Advance(clients[i])
                                    : SteadyClock::now() < clients[i].deadline;
      if (goes_on) {
        rest.push_back(std::move(clients[i]));
      } else {
        close(clients[i].socket);
      }
    }
    clients = std::move(rest);
    if (files[1].revents != 0) Accept(clients);
  }
  for (const Client& client : clients) close(client.socket);
}

void MetricsPage::Accept(std::vector<Client>& clients) const {
  const int socket =
      accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (socket < 0) {
    // Without a file to be had the listener stays readable: not a busy loop.
    if (errno != EAGAIN) usleep(100'000);
    return;
  }
  if (clients.size() == kMostClients) {
    close(clients.front().socket);
    clients.erase(clients.begin());
  }
  clients.push_back({socket, SteadyClock::now() + kPatience, "", ""});
}

bool MetricsPage::Advance(Client& client) const {
  if (client.answer.empty()) {
    std::array<char, 4096> bytes;
    const ssize_t size = recv(client.socket, bytes.data(), bytes.size(), 0);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    client.request.append(bytes.data(), static_cast<std::size_t>(size));
    if (client.request.size() > kMostRequestBytes) return false;
    if (!absl::StrContains(client.request, kHeadEnd)) return true;
    client.answer = Answer(client.request);
  }
  const absl::string_view rest =
      absl::string_view(client.answer).substr(client.sent);
  const ssize_t size =
      send(client.socket, rest.data(), rest.size(), MSG_NOSIGNAL);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  client.sent += static_cast<std::size_t>(size);
  return client.sent < client.answer.size();
}

std::string MetricsPage::Answer(const std::string& request) const {
  const absl::string_view line =
      absl::string_view(request).substr(0, request.find("\r\n"));
  const bool is_head = absl::StartsWith(line, "HEAD ");
  if (!is_head && !absl::StartsWith(line, "GET ")) {
    return Response("405 Method Not Allowed", "Allow: GET, HEAD\r\n", "",
                    is_head);
  }
  const absl::string_view target = line.substr(line.find(' ') + 1);
  if (!absl::StartsWith(target, "/metrics ") &&
      !absl::StartsWith(target, "/metrics?")) {
    return Response("404 Not Found", "", "", is_head);
  }
  return Response("200 OK",
                  "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n",
                  Text(), is_head);
}

std::string MetricsPage::Text() const {
  std::vector<prometheus::MetricFamily> families;
  for (const prometheus::Collectable* const metrics : metrics_) {
    std::vector<prometheus::MetricFamily> more = metrics->Collect();
    std::move(more.begin(), more.end(), std::back_inserter(families));
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families);
  return text.str();
}

}  // namespace webhooks
