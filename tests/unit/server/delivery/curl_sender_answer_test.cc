#include <string>

#include "gtest/gtest.h"
#include "tests/support/scripted_server.h"
#include "tests/unit/server/delivery/curl_sender_fixture.h"

// Tests of responses.
namespace webhooks::server {
namespace {

using testing::ScriptedConnection;
using testing::ScriptedServer;

TEST(CurlSender, CutsAnEndlessBodyAndUsesTheStatus) {
  ScriptedServer server([](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "1000\r\n" + std::string(0x1000, 'x') + "\r\n";
    while (connection.Send(chunk)) {
    }
  });
  const HttpOutcome outcome = SendTo(server.url());
  EXPECT_FALSE(outcome.attempt.has_error()) << outcome.attempt.DebugString();
  EXPECT_EQ(outcome.attempt.response_body(), std::string(16 << 10, 'x'));
}

TEST(CurlSender, NotesABodyThatDoesNotEndAndUsesTheStatus) {
  ScriptedServer server([](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (connection.Pause(5) && connection.Send("x")) {
    }
  });
  const HttpOutcome outcome =
      SendTo(server.url(), LoopbackAllowed(), absl::Seconds(1));
  EXPECT_FALSE(outcome.attempt.has_error());
  EXPECT_EQ(outcome.attempt.status(), 200);
  EXPECT_NE(outcome.attempt.note(), "");
}

// The previous response may be of another tenant's receiver.
TEST(CurlSender, KeepsNothingOfThePreviousResponse) {
  ScriptedServer first(
      Answering("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\n"
                "Content-Length: 6\r\n\r\nsecret"));
  ScriptedServer second(Answering("HTTP/1.1 204 No Content\r\n\r\n"));
  CurlSender sender(LoopbackAllowed(), &absl::Now);
  const HttpOutcome before = Send(sender, Post(first.url()));
  EXPECT_EQ(before.attempt.response_body(), "secret");
  EXPECT_EQ(before.retry_after, "7");
  const HttpOutcome outcome = Send(sender, Post(second.url()));
  EXPECT_EQ(outcome.attempt.status(), 204);
  EXPECT_EQ(outcome.attempt.response_body(), "");
  EXPECT_EQ(outcome.attempt.note(), "");
  EXPECT_FALSE(outcome.attempt.has_error());
  EXPECT_EQ(outcome.retry_after, "");
}

class EndlessHeader : public ::testing::TestWithParam<const char*> {};
TEST_P(EndlessHeader, IsNoAnswer) {
  ScriptedServer server([](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\n");
    std::string part;
    while (part.size() < 4096) part += GetParam();
    while (connection.Send(part)) {
    }
  });
  EXPECT_EQ(SendTo(server.url()).attempt.error(), v1::Attempt::BAD_RESPONSE);
}
INSTANTIATE_TEST_SUITE_P(Every, EndlessHeader,
                         ::testing::Values("x-header: value\r\n", "x"));

TEST(CurlSender, RefusesAResponseThatIsNotHttp) {
  ScriptedServer server(Answering("SSH-2.0-OpenSSH_9.2\r\n"));
  EXPECT_EQ(SendTo(server.url()).attempt.error(), v1::Attempt::BAD_RESPONSE);
}

// Returns the attempt at a receiver that sends `answer` and closes the
// connection.
v1::Attempt AttemptAnswered(const std::string& answer) {
  ScriptedServer server([&](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    connection.Send(answer);
  });
  return SendTo(server.url()).attempt;
}

TEST(CurlSender, NotesATruncatedBodyAndUsesTheStatus) {
  const v1::Attempt ok =
      AttemptAnswered("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort");
  EXPECT_FALSE(ok.has_error());
  EXPECT_EQ(ok.status(), 200);
  EXPECT_EQ(ok.response_body(), "short");
  EXPECT_NE(ok.note(), "");
  const v1::Attempt failed =
      AttemptAnswered("HTTP/1.1 500 No\r\nContent-Length: 1000\r\n\r\nshort");
  EXPECT_EQ(failed.error(), v1::Attempt::HTTP_STATUS);
  EXPECT_NE(failed.note(), "");
}

TEST(CurlSender, AddsNoNoteToACompleteResponse) {
  EXPECT_EQ(AttemptAnswered(kOk).note(), "");
}

class UnfinishedAnswer : public ::testing::TestWithParam<const char*> {};
TEST_P(UnfinishedAnswer, HasNoStatus) {
  const v1::Attempt attempt = AttemptAnswered(GetParam());
  EXPECT_EQ(attempt.error(), v1::Attempt::CONNECTION_CLOSED)
      << attempt.DebugString();
  EXPECT_FALSE(attempt.has_status());
}
INSTANTIATE_TEST_SUITE_P(
    Every, UnfinishedAnswer,
    ::testing::Values("", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 410 Gone\r\n",
                      "HTTP/1.1 200 OK\r\nRetry-After: 5\r\n",
                      "HTTP/1.1 100 Continue\r\n\r\n",
                      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
                      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));

TEST(CurlSender, WaitsForTheFinalResponseAfterAnInterimOne) {
  const v1::Attempt attempt = AttemptAnswered(
      "HTTP/1.1 103 Early Hints\r\nRetry-After: 5\r\n\r\n"
      "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(attempt.status(), 503);
}

TEST(CurlSender, ReadsABodyUntilTheConnectionEnds) {
  const v1::Attempt attempt = AttemptAnswered(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok");
  EXPECT_EQ(attempt.status(), 200);
  EXPECT_FALSE(attempt.has_error());
}

TEST(CurlSender, DoesNotTakeATrailerForAHeader) {
  ScriptedServer server(
      Answering("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n"
                "0\r\nRetry-After: 7\r\n\r\n"));
  EXPECT_EQ(SendTo(server.url()).retry_after, "");
}

TEST(CurlSender, ReplacesInvalidUtf8OfABody) {
  ScriptedServer server(
      Answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na\xff\x62"));
  EXPECT_EQ(SendTo(server.url()).attempt.response_body(), "a\xef\xbf\xbd\x62");
}

}  // namespace
}  // namespace webhooks::server
