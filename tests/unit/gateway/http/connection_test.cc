#include "gateway/http/connection.h"

#include <malloc.h>

#include <cstddef>
#include <string>
#include <vector>

#include "server/runtime/log.h"
#include "tests/unit/gateway/http/http_server_fixture.h"

namespace webhooks::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

using ConnectionTest = HttpServerTest;

constexpr char kGet[] = "GET /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(ConnectionTest, AnswersOnAConnectionThatStaysOpen) {
  RawClient client = Connect();
  for (int i = 0; i < 3; ++i) {
    client.Send(kGet);
    EXPECT_THAT(client.ReadAnswer(),
                AllOf(HasStatus(200), Not(Closes()), HasBody("GET /a?b=c|")));
  }
}

// Does not count under sanitizers, which have their own allocators.
std::size_t BytesAllocated() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST_F(ConnectionTest, AnIdleConnectionKeepsNoLargeBuffer) {
  Serve(HttpLimits());
  EXPECT_THAT(Ask(kGet), HasStatus(200));
  const std::size_t before = BytesAllocated();
  std::vector<RawClient> idle;
  for (int i = 0; i < 4; ++i) {
    idle.push_back(Connect());
    idle.back().Send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(idle.back().ReadAnswer(), HasStatus(200));
  }
  // When this is answered, the only thread of the listener has finished the
  // others.
  EXPECT_THAT(Ask(kGet), HasStatus(200));
  EXPECT_LT(BytesAllocated(), before + (8 << 20));
}

TEST_F(ConnectionTest, ReadsABodyByItsLength) {
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
              HasBody("POST /|hi"));
}

TEST_F(ConnectionTest, ReadsAChunkedBody) {
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked"
                  "\r\n\r\n2\r\nhi\r\n1;x=y\r\n!\r\n0\r\n\r\n"),
              HasBody("POST /|hi!"));
}

TEST_F(ConnectionTest, ReadsARequestThatArrivesByteByByte) {
  RawClient client = Connect();
  const std::string request =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
  for (const char byte : request) client.Send(std::string(1, byte));
  EXPECT_THAT(client.ReadAnswer(), HasBody("POST /|hi"));
}

TEST_F(ConnectionTest, AnswersPipelinedRequestsInOrder) {
  RawClient client = Connect();
  client.Send(
      "GET /held HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
      "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      "GET /4 HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(handler_.AwaitHeld());
  EXPECT_THAT(handler_.runs(), ElementsAre("GET /held|"));
  handler_.Release(FakeHandler::Answer(200, "first"));
  EXPECT_THAT(client.ReadAnswer(), HasBody("first"));
  EXPECT_THAT(client.ReadAnswer(), HasBody("POST /2|hi"));
  EXPECT_THAT(client.ReadAnswer(), AllOf(HasBody("GET /3|"), Closes()));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ConnectionTest, AnswersThousandsOfPipelinedRequests) {
  RawClient client = Connect();
  constexpr int kRequests = 3000;
  std::string requests;
  for (int i = 0; i < kRequests; ++i)
    requests += "GET /refused HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  client.Send(requests);
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_THAT(client.ReadAnswer(), HasStatus(404)) << i;
  }
}

TEST_F(ConnectionTest, ClosesWhenTheClientAsksForIt) {
  RawClient client = Connect();
  client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), AllOf(HasStatus(200), Closes()));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ConnectionTest, ClosesAfterAnHttp10Request) {
  RawClient client = Connect();
  client.Send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), AllOf(HasStatus(200), Closes()));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ConnectionTest, KeepsAnHttp10ConnectionThatAsksForIt) {
  RawClient client = Connect();
  for (int i = 0; i < 2; ++i) {
    client.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(client.ReadAnswer(),
                AllOf(HasStatus(200), HasSubstr("Connection: keep-alive")));
  }
}

TEST_F(ConnectionTest, AnswersHeadWithoutABody) {
  RawClient client = Connect();
  client.Send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.ReadHead(),
              AllOf(HasStatus(200), HasSubstr("Content-Length: 8\r\n")));
  client.Send(kGet);
  EXPECT_THAT(client.ReadAnswer(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ConnectionTest, SendsBackTheRequestId) {
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: my-id\r\n\r\n"),
              HasSubstr("\r\nx-request-id: my-id\r\n"));
}

TEST_F(ConnectionTest, MakesARequestIdForAnErrorToo) {
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\n\r\n"),
              ::testing::ContainsRegex("\r\nx-request-id: [0-9a-f]{32}\r\n"));
}

TEST_F(ConnectionTest, RefusesBadFramingAndCloses) {
  RawClient client = Connect();
  client.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
      "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), AllOf(HasStatus(400), Closes(),
                                         HasBody("\"MALFORMED_REQUEST\"")));
  EXPECT_TRUE(client.IsClosed());
  EXPECT_THAT(handler_.runs(), IsEmpty());
}

TEST_F(ConnectionTest, RefusesSingleLineFeedsAtOnce) {
  EXPECT_THAT(Ask("GET / HTTP/1.1\nHost: a\n\n"), HasStatus(400));
}

TEST_F(ConnectionTest, RefusesBadChunksAndCloses) {
  RawClient client = Connect();
  client.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5 \r\nhello\r\n0\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), AllOf(HasStatus(400), Closes()));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ConnectionTest, SendsContinueToAClientThatWaitsForIt) {
  RawClient client = Connect();
  client.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
      "Expect: 100-Continue\r\n\r\n");
  EXPECT_EQ(client.ReadHead(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("hi");
  EXPECT_THAT(client.ReadAnswer(), AllOf(HasStatus(200), HasBody("POST /|hi")));
}

TEST_F(ConnectionTest, DoesNotSayContinueWhereTheBodyIsThere) {
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                  "Expect: 100-continue\r\n\r\nhi"),
              AllOf(HasStatus(200), HasBody("POST /|hi")));
}

TEST_F(ConnectionTest, DoesNotSayContinueToARequestItRefuses) {
  const std::string rest =
      "Content-Length: 9999999\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: a\r\n" + rest), HasStatus(413));
  EXPECT_THAT(Ask("POST /refused HTTP/1.1\r\nHost: a\r\n" +
                  std::string("Content-Length: 2\r\nExpect: 100-continue"
                              "\r\n\r\n")),
              AllOf(HasStatus(404), Closes()));
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\n" + rest), HasStatus(400));
}

TEST_F(ConnectionTest, RefusesOtherExpectations) {
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
                  "Expect: magic\r\n\r\nhi"),
              AllOf(HasStatus(417), HasBody("\"UNSUPPORTED_EXPECTATION\"")));
}

TEST_F(ConnectionTest, DropsTheReceivedBodyOfARefusedRequest) {
  RawClient client = Connect();
  const std::string request =
      "POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: ";
  const std::string body = kGet;
  client.Send(request + std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_THAT(client.ReadAnswer(), AllOf(HasStatus(404), Not(Closes())));
  client.Send(kGet);
  EXPECT_THAT(client.ReadAnswer(), HasStatus(200));
  EXPECT_THAT(handler_.runs(), ElementsAre("GET /a?b=c|"));
}

TEST_F(ConnectionTest, ClosesWhereTheBodyOfARefusedRequestIsYetToCome) {
  RawClient client = Connect();
  client.Send(
      "POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(), AllOf(HasStatus(404), Closes()));
  client.Send(kGet);
  EXPECT_TRUE(client.IsClosed());
  EXPECT_THAT(handler_.runs(), IsEmpty());
}

TEST_F(ConnectionTest, AnswersAClientThatHalfClosesAfterItsLastRequest) {
  RawClient client = Connect();
  client.Send("GET /held HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  client.EndSending();
  ASSERT_TRUE(handler_.AwaitHeld());
  handler_.Release(FakeHandler::Answer(200, "late"));
  EXPECT_THAT(client.ReadAnswer(), HasBody("late"));
}

TEST_F(ConnectionTest,
       AnswersAClientThatHalfClosesWithoutClosingTheConnection) {
  RawClient client = Connect();
  client.Send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(handler_.AwaitHeld());
  client.EndSending();
  // Another half-closed connection. When the server closes it, its only thread
  // has noticed both.
  RawClient other = Connect();
  other.EndSending();
  EXPECT_TRUE(other.IsClosed());
  handler_.Release(FakeHandler::Answer(200, "late"));
  EXPECT_THAT(client.ReadAnswer(), AllOf(HasBody("late"), Closes()));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ConnectionTest, CancelsTheRequestOfAClientThatResetsAfterAHalfClose) {
  RawClient client = Connect();
  client.Send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(handler_.AwaitHeld());
  client.EndSending();
  RawClient other = Connect();
  other.EndSending();
  EXPECT_TRUE(other.IsClosed());
  client.Close(/*reset=*/true);
  EXPECT_TRUE(handler_.AwaitCancelled());
}

TEST_F(ConnectionTest, EndsOnlyItselfWhereARequestThrows) {
  RawClient client = Connect();
  client.Send("GET /throws HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = client.ReadAnswer();
  EXPECT_THAT(answer, HasStatus(500));
  EXPECT_THAT(answer, Closes());
  EXPECT_THAT(Ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"), HasStatus(200));
}

TEST_F(ConnectionTest, CancelsTheRequestOfAClientThatLeaves) {
  RawClient client = Connect();
  client.Send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(handler_.AwaitHeld());
  ::testing::internal::CaptureStdout();
  client.Close(/*reset=*/true);
  EXPECT_TRUE(handler_.AwaitCancelled());
  handler_.Release(FakeHandler::Answer(200, "to nobody"));
  server_.reset();
  FlushLog();
  EXPECT_THAT(::testing::internal::GetCapturedStdout(),
              AllOf(HasSubstr("route=/fake status=499 reason=CALL_CANCELLED"),
                    Not(HasSubstr("project"))));
}

TEST_F(ConnectionTest, CancelsTheLastRequestOfAClientThatResets) {
  RawClient client = Connect();
  client.Send("GET /held HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(handler_.AwaitHeld());
  client.Close(/*reset=*/true);
  EXPECT_TRUE(handler_.AwaitCancelled());
}

}  // namespace
}  // namespace webhooks::gateway
