#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"

namespace webhooks::bench {
namespace {

[[noreturn]] void Fail(const std::string& message) {
  std::printf("failed: %s\n", message.c_str());
  std::exit(1);
}

// Makes one call after another.
class Place {
 public:
  Place(StartCall start, const std::string& key, absl::Time end,
        absl::BlockingCounter& running)
      : start_(std::move(start)), key_(key), end_(end), running_(running) {}

  void Next() {
    context_ = std::make_unique<grpc::ClientContext>();
    context_->AddMetadata("x-api-key", key_);
    began_ = absl::Now();
    start_(*context_, [this](const grpc::Status& status) {
      if (!status.ok()) Fail(status.error_message());
      const absl::Time now = absl::Now();
      latencies.push_back(now - began_);
      if (now < end_) {
        Next();
      } else {
        running_.DecrementCount();
      }
    });
  }

  std::vector<absl::Duration> latencies;

 private:
  const StartCall start_;
  const std::string& key_;
  const absl::Time end_;
  absl::BlockingCounter& running_;
  absl::Time began_;
  std::unique_ptr<grpc::ClientContext> context_;
};

int Connect(const std::string& address) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(address, ':');
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  int port = 0;
  if (!absl::SimpleAtoi(parts.second, &port)) Fail("no port: " + address);
  peer.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, parts.first.c_str(), &peer.sin_addr);
  const int file = socket(AF_INET, SOCK_STREAM, 0);
  const int one = 1;
  setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
  if (connect(file, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer))) {
    Fail("cannot connect to " + address);
  }
  return file;
}

// A connection that sends one request after another.
class Client {
 public:
  Client(const std::string& address, const std::string& request)
      : request_(request), file_(Connect(address)) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(file_); }

  int file() const { return file_; }

  void Send() {
    began_ = absl::Now();
    if (write(file_, request_.data(), request_.size()) !=
        static_cast<ssize_t>(request_.size())) {
      Fail("cannot write");
    }
  }

  // Returns true at the end of an answer.
  bool Read(Load& load) {
    std::array<char, 16384> part{};
    const ssize_t size = read(file_, part.data(), part.size());
    if (size <= 0) Fail("the connection was closed");
    input_.append(part.data(), static_cast<std::size_t>(size));
    const std::size_t head = input_.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    static const std::string kLength = "content-length: ";
    const std::string lower = absl::AsciiStrToLower(input_.substr(0, head));
    const std::size_t field = lower.find(kLength);
    std::size_t length = 0;
    if (field == std::string::npos ||
        !absl::SimpleAtoi(
            lower.substr(field + kLength.size(),
                         lower.find('\r', field) - field - kLength.size()),
            &length)) {
      Fail("no length: " + input_);
    }
    if (input_.size() < head + 4 + length) return false;
    if (!absl::StartsWith(input_, "HTTP/1.1 201")) Fail(input_);
    load.latencies.push_back(absl::Now() - began_);
    input_.clear();
    return true;
  }

 private:
  const std::string& request_;
  const int file_;
  std::string input_;
  absl::Time began_;
};

}  // namespace

void Load::Add(const Load& other) {
  latencies.insert(latencies.end(), other.latencies.begin(),
                   other.latencies.end());
  time += other.time;
}

double Load::PerSecond() const {
  return static_cast<double>(latencies.size()) / absl::ToDoubleSeconds(time);
}

absl::Duration Load::Quantile(double quantile) {
  if (latencies.empty()) return absl::ZeroDuration();
  const auto at = latencies.begin() +
                  static_cast<std::ptrdiff_t>(
                      quantile * static_cast<double>(latencies.size() - 1));
  std::nth_element(latencies.begin(), at, latencies.end());
  return *at;
}

Load MeasureCalls(const std::function<StartCall(int place)>& make,
                  int outstanding, const std::string& key,
                  absl::Duration time) {
  const absl::Time begin = absl::Now();
  absl::BlockingCounter running(outstanding);
  std::vector<std::unique_ptr<Place>> places;
  for (int i = 0; i < outstanding; ++i) {
    places.push_back(
        std::make_unique<Place>(make(i), key, begin + time, running));
  }
  for (auto& place : places) place->Next();
  running.Wait();
  Load load;
  load.time = absl::Now() - begin;
  for (const auto& place : places) load.Add({place->latencies, {}});
  return load;
}

Load MeasureRequests(const std::string& address, const std::string& request,
                     int connections, absl::Duration time) {
  const int epoll = epoll_create1(0);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < connections; ++i) {
    clients.push_back(std::make_unique<Client>(address, request));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = clients.back().get();
    epoll_ctl(epoll, EPOLL_CTL_ADD, clients.back()->file(), &event);
  }
  Load load;
  const absl::Time begin = absl::Now();
  for (auto& client : clients) client->Send();
  for (int running = connections; running > 0;) {
    std::array<epoll_event, 64> events{};
    const int count = epoll_wait(epoll, events.data(), events.size(), -1);
    for (int i = 0; i < count; ++i) {
      auto* client = static_cast<Client*>(events[i].data.ptr);
      if (!client->Read(load)) continue;
      if (absl::Now() < begin + time) {
        client->Send();
      } else {
        --running;
      }
    }
  }
  load.time = absl::Now() - begin;
  close(epoll);
  return load;
}

Load MeasureSyncs(const std::string& folder, absl::Duration time) {
  const std::string path = folder + "/synced";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const std::string page(4096, 'x');
  Load load;
  const auto sync = [&] {
    if (pwrite(file, page.data(), page.size(), 0) != 4096 ||
        fdatasync(file) != 0) {
      Fail("cannot write to " + path);
    }
  };
  sync();
  const absl::Time begin = absl::Now();
  for (absl::Time now = begin; now < begin + time;) {
    sync();
    const absl::Time end = absl::Now();
    load.latencies.push_back(end - now);
    now = end;
  }
  load.time = absl::Now() - begin;
  close(file);
  return load;
}

}  // namespace webhooks::bench
