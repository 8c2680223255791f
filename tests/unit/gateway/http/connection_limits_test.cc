#include <string>

#include "absl/time/time.h"
#include "tests/support/eventually.h"
#include "tests/unit/gateway/http/http_server_fixture.h"

namespace webhooks::gateway {
namespace {

using ::testing::AllOf;
using ::testing::Not;

using ConnectionLimitsTest = HttpServerTest;

constexpr absl::Duration kSoon = absl::Milliseconds(20);
// Enough time for a client to send a request.
constexpr absl::Duration kSoonForARequest = absl::Milliseconds(500);

TEST_F(ConnectionLimitsTest, TimesOutAHeaderThatDoesNotEnd) {
  HttpLimits limits;
  limits.header_timeout = kSoon;
  Serve(limits);
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\nHost:"),
              AllOf(HasStatus(408), Closes(), HasBody("\"REQUEST_TIMEOUT\"")));
}

TEST_F(ConnectionLimitsTest, TimesOutABodyThatDoesNotEnd) {
  HttpLimits limits;
  limits.body_timeout = kSoon;
  Serve(limits);
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nhi"),
              AllOf(HasStatus(408), Closes(), HasBody("\"REQUEST_TIMEOUT\"")));
}

TEST_F(ConnectionLimitsTest, ClosesAnIdleConnectionWithoutAWord) {
  HttpLimits limits;
  limits.idle_timeout = kSoonForARequest;
  Serve(limits);
  EXPECT_TRUE(Connect().IsClosed());
  RawClient client = Connect();
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), HasStatus(200));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ConnectionLimitsTest, DoesNotTimeOutARequestThatIsBeingAnswered) {
  HttpLimits limits;
  limits.header_timeout = limits.body_timeout = limits.idle_timeout =
      kSoonForARequest;
  Serve(limits);
  RawClient held = Connect();
  held.Send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(handler_.AwaitHeld());
  // When this connection times out, the time of the first is over too.
  EXPECT_TRUE(Connect().IsClosed());
  handler_.Release(FakeHandler::Answer(200, "late"));
  EXPECT_THAT(held.ReadAnswer(), HasBody("late"));
}

TEST_F(ConnectionLimitsTest, ClosesAConnectionWhoseAnswerIsNotRead) {
  HttpLimits limits;
  limits.write_timeout = kSoon;
  Serve(limits);
  RawClient client = Connect();
  client.Send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  server_->Stop(absl::Seconds(10));
  EXPECT_LT(client.ReadToEnd().size(), std::size_t{8 << 20});
}

TEST_F(ConnectionLimitsTest, LimitsTheAnswersThatAreNotRead) {
  HttpLimits limits;
  limits.buffered_bytes = 12 << 20;
  Serve(limits);
  RawClient first = Connect();
  RawClient second = Connect();
  for (RawClient* client : {&first, &second}) {
    client->Send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }
  // When this is answered, both large answers fill their buffers.
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), HasStatus(200));
  constexpr std::size_t kWhole = 8 << 20;
  const bool first_is_whole = first.ReadToEnd().size() > kWhole;
  EXPECT_NE(first_is_whole, second.ReadToEnd().size() > kWhole);
}

TEST_F(ConnectionLimitsTest, WritesALargeAnswerWhole) {
  EXPECT_THAT(Ask("GET /large HTTP/1.1\r\nHost: a\r\n\r\n"),
              HasBody(std::string(8 << 20, 'x')));
}

TEST_F(ConnectionLimitsTest, RefusesALongHeader) {
  HttpLimits limits;
  limits.header_bytes = 100;
  Serve(limits);
  EXPECT_THAT(
      Ask("GET / HTTP/1.1\r\nX: " + std::string(200, 'a')),
      AllOf(HasStatus(431), Closes(), HasBody("\"HEADERS_TOO_LARGE\"")));
  EXPECT_THAT(Ask("GET /" + std::string(200, 'a')),
              AllOf(HasStatus(414), Closes(), HasBody("\"TARGET_TOO_LONG\"")));
}

TEST_F(ConnectionLimitsTest, AnswersALongBodyThatTheClientIsStillSending) {
  RawClient client = Connect();
  constexpr std::size_t kSize = 4 << 20;
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " +
              std::to_string(kSize) + "\r\n\r\n");
  client.Send(std::string(kSize, 'a'));
  EXPECT_THAT(client.ReadAnswer(),
              AllOf(HasStatus(413), Closes(), HasBody("\"BODY_TOO_LARGE\"")));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ConnectionLimitsTest, RefusesALongChunkedBody) {
  HttpLimits limits;
  limits.body_bytes = 4;
  Serve(limits);
  EXPECT_THAT(
      Ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
          "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"),
      AllOf(HasStatus(413), Closes()));
}

TEST_F(ConnectionLimitsTest, CountsABodyAsItArrives) {
  HttpLimits limits;
  limits.buffered_bytes = 100;
  limits.uncounted_bytes = 0;
  Serve(limits);
  EXPECT_THAT(
      Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n" +
          std::string(150, 'a')),
      AllOf(HasStatus(503), Closes(), HasBody("\"TOO_MANY_BYTES_BUFFERED\"")));
}

TEST_F(ConnectionLimitsTest, CountsTheBodiesOfAllRequestsUntilTheyEnd) {
  HttpLimits limits;
  limits.buffered_bytes = 100;
  limits.uncounted_bytes = 0;
  Serve(limits);
  const std::string rest =
      " HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n" +
      std::string(60, 'a');
  RawClient held = Connect();
  held.Send("POST /held" + rest);
  ASSERT_TRUE(handler_.AwaitHeld());
  EXPECT_THAT(Ask("POST /" + rest), AllOf(HasStatus(503), Closes()));
  handler_.Release(FakeHandler::Answer(200, "late"));
  EXPECT_THAT(held.ReadAnswer(), HasBody("late"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Ask("POST /" + rest), HasStatus(200));
  }
}

TEST_F(ConnectionLimitsTest, AcceptsSmallBodiesBeyondTheLimit) {
  HttpLimits limits;
  limits.buffered_bytes = limits.uncounted_bytes = 100;
  Serve(limits);
  RawClient held = Connect();
  held.Send("POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n" +
            std::string(101, 'a'));
  EXPECT_THAT(held.ReadAnswer(), HasStatus(503));
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" +
                  std::string(100, 'a')),
              HasStatus(200));
}

TEST_F(ConnectionLimitsTest, CountsTheBuffersOfConnections) {
  RawClient client = Connect();
  EXPECT_EQ(server_->buffer_bytes(), 0u);
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n" +
              std::string(50'000, 'a'));
  EXPECT_TRUE(
      testing::Eventually([&] { return server_->buffer_bytes() >= 50'000; }));
  client.Send(std::string(20'000, 'a'));
  EXPECT_THAT(client.ReadAnswer(), HasStatus(200));
  EXPECT_TRUE(
      testing::Eventually([&] { return server_->buffer_bytes() <= 10'000; }));
  server_->Stop(absl::ZeroDuration());
  EXPECT_EQ(server_->buffer_bytes(), 0u);
}

TEST_F(ConnectionLimitsTest, AnswersAConnectionTooManyWith503) {
  HttpLimits limits;
  limits.connections = 1;
  Serve(limits, /*threads=*/2);
  RawClient first = Connect();
  first.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(first.ReadAnswer(), HasStatus(200));
  EXPECT_THAT(
      Ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
      AllOf(HasStatus(503), Closes(), HasBody("\"TOO_MANY_CONNECTIONS\"")));
  first.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(first.ReadAnswer(), AllOf(HasStatus(200), Not(Closes())));
}

TEST_F(ConnectionLimitsTest, AnswersAnAddressWithTooManyConnectionsWith503) {
  HttpLimits limits;
  limits.connections_per_address = 1;
  Serve(limits, /*threads=*/2);
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  {
    RawClient first = Connect();
    first.Send(request);
    EXPECT_THAT(first.ReadAnswer(), HasStatus(200));
    EXPECT_THAT(Ask(request), AllOf(HasStatus(503), Closes()));
    first.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(first.ReadAnswer(), HasStatus(200));
    EXPECT_TRUE(first.IsClosed());
  }
  while (server_->connections() > 0) {
  }
  EXPECT_THAT(Ask(request), HasStatus(200));
}

}  // namespace
}  // namespace webhooks::gateway
