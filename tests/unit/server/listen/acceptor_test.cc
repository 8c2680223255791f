#include "server/listen/acceptor.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "server/runtime/clock.h"

namespace webhooks::server {
namespace {

// An acceptor on a free port, with clients and the accepted connections.
class AcceptorTest : public ::testing::Test {
 protected:
  void Start(int max_connections, int max_per_address = 1000) {
    auto sockets = ListeningSocket::Open("127.0.0.1:0");
    ASSERT_TRUE(sockets.ok()) << sockets.status();
    const std::string& address = sockets->front().address();
    ASSERT_TRUE(
        absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port_));
    OpenConnections::Limits limits;
    limits.connections = max_connections;
    limits.connections_per_address = max_per_address;
    connections_.emplace(limits);
    auto started = Acceptor::Start(
        *std::move(sockets), *connections_,
        [this](int, int connection) {
          absl::MutexLock lock(&mutex_);
          accepted_.push_back(connection);
        },
        [this](ConnectionUse::State state) {
          absl::MutexLock lock(&mutex_);
          shut_.push_back(state);
        });
    ASSERT_TRUE(started.ok()) << started.status();
    acceptor_ = *std::move(started);
  }

  ~AcceptorTest() override {
    acceptor_.reset();
    for (const int client : clients_) close(client);
    absl::MutexLock lock(&mutex_);
    for (const int connection : accepted_) Close(connection);
  }

  // Waits until a connection was shut, and returns why.
  ConnectionUse::State AwaitShut() {
    const auto is_shut = [&] {
      mutex_.AssertHeld();
      return !shut_.empty();
    };
    absl::MutexLock lock(&mutex_, absl::Condition(&is_shut));
    return shut_.front();
  }

  // Resets enough calls of the client's connection to make it a flood.
  void Flood(int client) {
    sockaddr_in address = {};
    socklen_t size = sizeof(address);
    ASSERT_EQ(getsockname(client, reinterpret_cast<sockaddr*>(&address), &size),
              0);
    const auto use = connections_->Find(
        absl::StrCat("ipv4:127.0.0.1:", ntohs(address.sin_port)));
    ASSERT_NE(use, nullptr);
    // Twice the limit, because a new second may start in between.
    for (int i = 0; i < 2 * (ConnectionUse::kMaxResets + 1); ++i) {
      use->OnCallReset(false, false);
    }
  }

  // Ends a connection as gRPC does: by shutdown, before close.
  static void Close(int connection) {
    shutdown(connection, SHUT_RDWR);
    close(connection);
  }

  // Closes the server's side of an accepted connection, by its index.
  void CloseAccepted(int place) {
    absl::MutexLock lock(&mutex_);
    Close(accepted_[place]);
    accepted_.erase(accepted_.begin() + place);
  }

  int Connect(const char* from = "127.0.0.1") {
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_GE(client, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    EXPECT_EQ(inet_pton(AF_INET, from, &address.sin_addr), 1);
    EXPECT_EQ(bind(client, reinterpret_cast<const sockaddr*>(&address),
                   sizeof(address)),
              0);
    address.sin_port = htons(static_cast<in_port_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(client, reinterpret_cast<const sockaddr*>(&address),
                      sizeof(address)),
              0);
    clients_.push_back(client);
    return client;
  }

  // Waits until `count` connections have been accepted.
  void AwaitAccepted(std::size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [&] {
      mutex_.AssertHeld();
      return accepted_.size() >= count;
    };
    mutex_.Await(absl::Condition(&enough));
  }

  // Waits until `count` connections are open.
  void AwaitOpen(int count) {
    while (connections_->size() != count) absl::SleepFor(absl::Milliseconds(1));
  }

  // Waits for the server to close the connection.
  static bool IsClosed(int client) {
    char byte;
    return recv(client, &byte, 1, 0) <= 0;
  }

  absl::Mutex mutex_;
  std::vector<int> accepted_ ABSL_GUARDED_BY(mutex_);
  std::vector<ConnectionUse::State> shut_ ABSL_GUARDED_BY(mutex_);
  std::vector<int> clients_;
  int port_ = 0;
  std::optional<OpenConnections> connections_;
  std::unique_ptr<Acceptor> acceptor_;
};

TEST_F(AcceptorTest, HandsOverEveryConnection) {
  Start(10);
  Connect();
  Connect();
  AwaitAccepted(2);
}

TEST_F(AcceptorTest, ClosesConnectionsAboveTheLimit) {
  Start(2);
  Connect();
  Connect();
  AwaitAccepted(2);
  EXPECT_TRUE(IsClosed(Connect()));
}

TEST_F(AcceptorTest, AcceptsAgainOnceAnotherHasEnded) {
  Start(2);
  const int first = Connect();
  Connect();
  AwaitAccepted(2);
  CloseAccepted(0);
  EXPECT_TRUE(IsClosed(first));
  AwaitOpen(1);
  Connect();
  AwaitAccepted(2);
}

TEST_F(AcceptorTest, OtherFilesDoNotCount) {
  Start(2);
  int files[2];
  ASSERT_EQ(pipe(files), 0);
  Connect();
  Connect();
  AwaitAccepted(2);
  for (const int file : files) close(file);
}

TEST_F(AcceptorTest, ClosesConnectionsAboveTheLimitOfAnAddress) {
  Start(100, 2);
  Connect();
  const int second = Connect();
  AwaitAccepted(2);
  EXPECT_TRUE(IsClosed(Connect()));
  Connect("127.0.0.2");
  AwaitAccepted(3);
  CloseAccepted(1);
  EXPECT_TRUE(IsClosed(second));
  AwaitOpen(2);
  Connect();
  AwaitAccepted(3);
}

TEST_F(AcceptorTest, ShutsAFloodAndMakesItsAddressWait) {
  Start(100);
  const int flood = Connect();
  AwaitAccepted(1);
  Flood(flood);
  EXPECT_TRUE(IsClosed(flood));
  EXPECT_EQ(AwaitShut(), ConnectionUse::State::kFlood);
  const absl::Time shut = SteadyTime();
  Connect();
  AwaitAccepted(2);
  EXPECT_GE(SteadyTime() - shut, OpenConnections::kMinWait / 2);
}

TEST_F(AcceptorTest, ClosesWaitingConnectionsWhenItStopsAccepting) {
  Start(100);
  const int flood = Connect();
  AwaitAccepted(1);
  Flood(flood);
  EXPECT_TRUE(IsClosed(flood));
  AwaitOpen(0);
  const int waits = Connect();
  AwaitOpen(1);
  acceptor_->StopAccepting();
  EXPECT_TRUE(IsClosed(waits));
}

TEST_F(AcceptorTest, ShutsAFloodAfterItStoppedAccepting) {
  Start(100);
  const int flood = Connect();
  AwaitAccepted(1);
  acceptor_->StopAccepting();
  Flood(flood);
  EXPECT_TRUE(IsClosed(flood));
}

}  // namespace
}  // namespace webhooks::server
