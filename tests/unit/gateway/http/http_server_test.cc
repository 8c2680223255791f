#include "gateway/http/http_server.h"

#include <string>
#include <thread>
#include <vector>

#include "tests/unit/gateway/http/http_server_fixture.h"

namespace webhooks::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kGetRoot[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(HttpServerTest, ServesOnSeveralAddressesAndThreads) {
  auto server =
      HttpServer::Start({.listen = {{"127.0.0.1", "0"}, {"127.0.0.1", "0"}},
                         .threads = 2,
                         .limits = {}},
                        handler_, observer_);
  ASSERT_TRUE(server.ok());
  const std::vector<std::string> addresses = (*server)->addresses();
  ASSERT_EQ(addresses.size(), 2u);
  for (const std::string& address : addresses) {
    std::vector<RawClient> clients;
    clients.reserve(4);
    for (int i = 0; i < 4; ++i) clients.emplace_back(address);
    for (RawClient& client : clients) client.Send(kGetRoot);
    for (RawClient& client : clients) {
      EXPECT_THAT(client.ReadAnswer(), HasStatus(200));
    }
  }
}

TEST_F(HttpServerTest, NotifiesTheObserverOfEachRequest) {
  EXPECT_THAT(Ask(kGetRoot), HasStatus(200));
  EXPECT_THAT(Ask("nonsense\r\n\r\n"), HasStatus(400));
  EXPECT_EQ(observer_.ended().size(), 2u);
  EXPECT_THAT(observer_.ended()[0],
              AllOf(HasSubstr("GET "), HasSubstr(" 200")));
  EXPECT_THAT(observer_.ended()[1], HasSubstr(" 400"));
}

TEST_F(HttpServerTest, NamesAnAddressThatIsInUse) {
  Serve(HttpLimits());
  const std::string address = server_->addresses().front();
  const auto second = HttpServer::Start(
      {.listen = *ParseAddresses(address), .threads = 1, .limits = {}},
      handler_, observer_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(address));
}

TEST_F(HttpServerTest, ClosesIdleConnectionsWhenItStops) {
  RawClient client = Connect();
  client.Send(kGetRoot);
  EXPECT_THAT(client.ReadAnswer(), HasStatus(200));
  server_->Stop(absl::Seconds(10));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpServerTest, AnswersRequestsInProgressBeforeItStops) {
  RawClient idle = Connect();
  idle.Send(kGetRoot);
  EXPECT_THAT(idle.ReadAnswer(), HasStatus(200));
  RawClient client = Connect();
  client.Send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(handler_.AwaitHeld());
  std::thread stop([this] { server_->Stop(absl::Seconds(10)); });
  EXPECT_TRUE(idle.IsClosed());  // stopping has begun
  handler_.Release(FakeHandler::Answer(200, "late"));
  EXPECT_THAT(client.ReadAnswer(), AllOf(HasBody("late"), Closes()));
  client.Close();
  stop.join();
}

TEST_F(HttpServerTest, CancelsTheRemainingRequestsAfterTheGrace) {
  RawClient client = Connect();
  client.Send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(handler_.AwaitHeld());
  server_->Stop(absl::ZeroDuration());
  EXPECT_TRUE(handler_.AwaitCancelled());
  EXPECT_THAT(client.ReadToEnd(), "");
  server_.reset();
  handler_.Release(FakeHandler::Answer(200, "to nobody"));
}

}  // namespace
}  // namespace webhooks::gateway
