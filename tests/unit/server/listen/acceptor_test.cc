#include "server/listen/acceptor.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/numbers.h"
#include "absl/synchronization/mutex.h"
#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

// Clients of an acceptor on a free port, and what it accepted.
class AcceptorTest : public ::testing::Test {
 protected:
  void Start(int max_connections, int max_per_address = 1000) {
    auto sockets = ListeningSocket::Open("127.0.0.1:0");
    ASSERT_TRUE(sockets.ok()) << sockets.status();
    const std::string& address = sockets->front().address();
    ASSERT_TRUE(
        absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port_));
    auto started =
        Acceptor::Start(*std::move(sockets), {max_connections, max_per_address},
                        [this](int, int connection) {
                          absl::MutexLock lock(&mutex_);
                          accepted_.push_back(connection);
                        });
    ASSERT_TRUE(started.ok()) << started.status();
    acceptor_ = *std::move(started);
  }

  ~AcceptorTest() override {
    acceptor_.reset();
    for (const int client : clients_) close(client);
    absl::MutexLock lock(&mutex_);
    for (const int connection : accepted_) close(connection);
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

  // Waits until as many connections have been accepted.
  void AwaitAccepted(std::size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [&] {
      mutex_.AssertHeld();
      return accepted_.size() >= count;
    };
    mutex_.Await(absl::Condition(&enough));
  }

  // Waits for the server to close the connection.
  static bool IsClosed(int client) {
    char byte;
    return recv(client, &byte, 1, 0) <= 0;
  }

  absl::Mutex mutex_;
  std::vector<int> accepted_ ABSL_GUARDED_BY(mutex_);
  std::vector<int> clients_;
  int port_ = 0;
  std::unique_ptr<Acceptor> acceptor_;
};

TEST_F(AcceptorTest, HandsOverEveryConnection) {
  Start(10);
  Connect();
  Connect();
  AwaitAccepted(2);
}

// Clients and server share this process, so each connection takes two files.
TEST_F(AcceptorTest, ClosesAConnectionTooMany) {
  Start(4);
  Connect();
  AwaitAccepted(1);
  Connect();
  AwaitAccepted(2);
  EXPECT_TRUE(IsClosed(Connect()));
}

TEST_F(AcceptorTest, AcceptsAgainOnceAnotherIsGone) {
  Start(4);
  Connect();
  AwaitAccepted(1);
  Connect();
  AwaitAccepted(2);
  const int refused = Connect();
  EXPECT_TRUE(IsClosed(refused));
  {
    absl::MutexLock lock(&mutex_);
    close(accepted_.back());
    accepted_.pop_back();
  }
  for (int i = 0; i < 2; ++i) {
    close(clients_.back());
    clients_.pop_back();
  }
  Connect();
  AwaitAccepted(2);
}

TEST_F(AcceptorTest, ClosesAConnectionTooManyOfOneAddress) {
  Start(100, 2);
  Connect();
  const int second = Connect();
  AwaitAccepted(2);
  EXPECT_TRUE(IsClosed(Connect()));
  Connect("127.0.0.2");
  AwaitAccepted(3);
  {
    absl::MutexLock lock(&mutex_);
    close(accepted_[1]);
    accepted_.erase(accepted_.begin() + 1);
  }
  EXPECT_TRUE(IsClosed(second));
  Connect();
  AwaitAccepted(3);
}

}  // namespace
}  // namespace webhooks::server
