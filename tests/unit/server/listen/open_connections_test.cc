#include "server/listen/open_connections.h"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using State = ConnectionUse::State;
using testing::IsOk;

sockaddr_storage V4(const char* address, int port) {
  sockaddr_storage peer = {};
  auto& v4 = reinterpret_cast<sockaddr_in&>(peer);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(static_cast<in_port_t>(port));
  EXPECT_EQ(inet_pton(AF_INET, address, &v4.sin_addr), 1);
  return peer;
}

sockaddr_storage V6(const char* address, int port, std::uint32_t zone = 0) {
  sockaddr_storage peer = {};
  auto& v6 = reinterpret_cast<sockaddr_in6&>(peer);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(static_cast<in_port_t>(port));
  v6.sin6_scope_id = zone;
  EXPECT_EQ(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
  return peer;
}

// Uses descriptors that are not sockets, so that no bytes are received.
class OpenConnectionsTest : public ::testing::Test {
 protected:
  ~OpenConnectionsTest() override {
    for (const int file : files_) close(file);
  }

  absl::StatusOr<int> Add(const sockaddr_storage& peer) {
    files_.push_back(eventfd(0, EFD_CLOEXEC));
    return connections_.Add(files_.back(), peer);
  }

  // Resets enough calls at once to make the connection a flood.
  void Flood(const std::string& peer) {
    const auto use = connections_.Find(peer);
    ASSERT_NE(use, nullptr);
    for (int i = 0; i <= ConnectionUse::kMaxResets; ++i) {
      use->OnCallReset(/*is_known=*/false, /*has_expired=*/false);
    }
  }

  // Adds a flooding connection of the address, and removes it.
  void FloodFrom(const char* address) {
    const auto added = Add(V4(address, 1));
    ASSERT_THAT(added, IsOk());
    Flood(std::string("ipv4:") + address + ":1");
    ASSERT_EQ(connections_.Examine(now_).size(), 1u);
    connections_.Remove(*added, now_);
  }

  // Returns the two ends of a TCP connection.
  std::pair<int, int> ConnectedSockets() {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_storage address = V4("127.0.0.1", 0);
    auto* name = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof(sockaddr_in);
    EXPECT_EQ(bind(listener, name, size), 0);
    EXPECT_EQ(listen(listener, 1), 0);
    EXPECT_EQ(getsockname(listener, name, &size), 0);
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(client, name, size), 0);
    const int server = accept(listener, nullptr, nullptr);
    for (const int file : {listener, client, server}) files_.push_back(file);
    return {client, server};
  }

  // Waits until the other end has received `bytes`.
  static void Write(int client, std::size_t bytes) {
    const std::string data(bytes, 'x');
    EXPECT_EQ(send(client, data.data(), data.size(), 0),
              static_cast<ssize_t>(bytes));
    int unacknowledged = 1;
    while (unacknowledged > 0) {
      ASSERT_EQ(ioctl(client, SIOCOUTQ, &unacknowledged), 0);
    }
  }

  absl::Duration Wait(const char* address) {
    return connections_.WaitsUntil(V4(address, 2)) - now_;
  }

  OpenConnections connections_{{5, 3, {*AddressRange::Parse("10.0.0.9/32")}}};
  std::vector<int> files_;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
};

TEST_F(OpenConnectionsTest, AreFoundByGrpcsNameOfTheirPeer) {
  const auto added = Add(V4("10.0.0.1", 80));
  EXPECT_NE(connections_.Find("ipv4:10.0.0.1:80"), nullptr);
  EXPECT_EQ(connections_.Find("ipv4:10.0.0.1:81"), nullptr);
  connections_.Remove(*added, now_);
  EXPECT_EQ(connections_.Find("ipv4:10.0.0.1:80"), nullptr);
}

TEST_F(OpenConnectionsTest, AreFoundByAnAddressOfIpv6) {
  ASSERT_THAT(Add(V6("2001:db8::1", 80)), IsOk());
  EXPECT_NE(connections_.Find("ipv6:%5B2001:db8::1%5D:80"), nullptr);
}

TEST_F(OpenConnectionsTest, AreFoundByAnAddressOfIpv4InsideIpv6) {
  ASSERT_THAT(Add(V6("::ffff:10.0.0.1", 80)), IsOk());
  EXPECT_NE(connections_.Find("ipv4:10.0.0.1:80"), nullptr);
}

TEST_F(OpenConnectionsTest, AreFoundByAnAddressWithAZone) {
  ASSERT_THAT(Add(V6("fe80::1", 80, 3)), IsOk());
  EXPECT_NE(connections_.Find("ipv6:%5Bfe80::1%253%5D:80"), nullptr);
}

TEST_F(OpenConnectionsTest, AcceptAPeersNameAgainOnceTheFirstHasEnded) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  files_.push_back(pipe_ends[0]);
  ASSERT_THAT(connections_.Add(pipe_ends[0], V4("10.0.0.1", 1)), IsOk());
  const auto use = connections_.Find("ipv4:10.0.0.1:1");
  EXPECT_TRUE(absl::IsResourceExhausted(Add(V4("10.0.0.1", 1)).status()));
  // The first connection hangs up.
  close(pipe_ends[1]);
  ASSERT_THAT(Add(V4("10.0.0.1", 1)), IsOk());
  EXPECT_NE(connections_.Find("ipv4:10.0.0.1:1"), use);
}

TEST_F(OpenConnectionsTest, HaveALimitForEachAddress) {
  const auto first = Add(V4("10.0.0.1", 1));
  ASSERT_THAT(Add(V4("10.0.0.1", 2)), IsOk());
  ASSERT_THAT(Add(V4("10.0.0.1", 3)), IsOk());
  EXPECT_TRUE(absl::IsResourceExhausted(Add(V4("10.0.0.1", 4)).status()));
  EXPECT_THAT(Add(V4("10.0.0.2", 4)), IsOk());
  connections_.Remove(*first, now_);
  EXPECT_THAT(Add(V4("10.0.0.1", 4)), IsOk());
}

TEST_F(OpenConnectionsTest, HaveATotalLimit) {
  for (const char* address :
       {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"}) {
    ASSERT_THAT(Add(V4(address, 1)), IsOk());
  }
  EXPECT_EQ(connections_.size(), 5);
  EXPECT_TRUE(absl::IsResourceExhausted(Add(V4("10.0.0.6", 1)).status()));
}

TEST_F(OpenConnectionsTest, AFloodIsShutAndItsAddressWaits) {
  ASSERT_THAT(Add(V4("10.0.0.1", 1)), IsOk());
  ASSERT_THAT(Add(V4("10.0.0.2", 1)), IsOk());
  Flood("ipv4:10.0.0.1:1");
  const auto shut = connections_.Examine(now_);
  ASSERT_EQ(shut.size(), 1u);
  EXPECT_EQ(shut[0].address, "10.0.0.1");
  EXPECT_EQ(shut[0].state, State::kFlood);
  EXPECT_EQ(Wait("10.0.0.1"), OpenConnections::kMinWait);
  EXPECT_EQ(Wait("10.0.0.2"), -absl::InfiniteDuration());
}

TEST_F(OpenConnectionsTest, AnAddressWaitsLongerWithEachFlood) {
  FloodFrom("10.0.0.1");
  now_ += OpenConnections::kMinWait;
  FloodFrom("10.0.0.1");
  EXPECT_EQ(Wait("10.0.0.1"), 2 * OpenConnections::kMinWait);
  for (int i = 0; i < 10; ++i) {
    now_ += OpenConnections::kMaxWait;
    FloodFrom("10.0.0.1");
  }
  EXPECT_EQ(Wait("10.0.0.1"), OpenConnections::kMaxWait);
}

TEST_F(OpenConnectionsTest, AFloodIsForgottenAfterTheLongestWait) {
  FloodFrom("10.0.0.1");
  now_ +=
      OpenConnections::kMinWait + OpenConnections::kMaxWait + absl::Seconds(1);
  FloodFrom("10.0.0.1");
  EXPECT_EQ(Wait("10.0.0.1"), OpenConnections::kMinWait);
}

TEST_F(OpenConnectionsTest, AFloodThatEndsByItselfMakesItsAddressWait) {
  for (const std::size_t bytes : {1000, 100'000}) {
    const auto [client, server] = ConnectedSockets();
    Write(client, bytes);
    const auto added = connections_.Add(server, V4("10.0.0.1", 1));
    ASSERT_THAT(added, IsOk());
    connections_.Remove(*added, now_);
    EXPECT_EQ(Wait("10.0.0.1") > absl::ZeroDuration(), bytes == 100'000);
  }
}

TEST_F(OpenConnectionsTest, ManyConnectionsWithManyCallsTogetherAreAFlood) {
  constexpr int kConnections = 60;
  constexpr std::int64_t kCalls = 40;
  OpenConnections connections({100, 100}, [](std::int64_t) { return kCalls; });
  for (int i = 0; i < kConnections; ++i) {
    const auto [client, server] = ConnectedSockets();
    Write(client, 100);
    ASSERT_THAT(connections.Add(server, V4("10.0.0.1", 1000 + i)), IsOk());
  }
  EXPECT_EQ(connections.Examine(now_).size(), 0u);
  now_ += absl::Milliseconds(20);
  const std::size_t shut = connections.Examine(now_).size();
  EXPECT_GE(shut, kConnections - 1024 / kCalls);
  EXPECT_LT(shut, kConnections);
}

TEST_F(OpenConnectionsTest, AGatewayIsNotJudgedByTheCallsOfItsClients) {
  ASSERT_THAT(Add(V4("10.0.0.9", 1)), IsOk());
  Flood("ipv4:10.0.0.9:1");
  EXPECT_TRUE(connections_.Examine(now_).empty());
}

}  // namespace
}  // namespace webhooks::server
