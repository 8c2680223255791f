#include <csignal>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gateway/http/tls_contexts.h"
#include "tests/support/certificates.h"
#include "tests/support/eventually.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/gateway/http/http_server_fixture.h"
#include "tests/unit/gateway/http/tls_client.h"

// Tests that a listener does the same with TLS as in plain text.
namespace webhooks::gateway {
namespace {

using ::testing::AllOf;

constexpr absl::Duration kHandshakeTimeout = absl::Milliseconds(20);

class TlsTest : public HttpServerTest {
 protected:
  TlsTest() {
    std::signal(SIGPIPE, SIG_IGN);
    Write(testing::MakeCertificate("localhost", "DNS:localhost"));
    auto watch = TlsWatch::Start(files_, absl::Milliseconds(5));
    EXPECT_TRUE(watch.ok()) << watch.status();
    watch_ = *std::move(watch);
  }

  ~TlsTest() override { server_.reset(); }

  void Write(const testing::TestCertificate& made) {
    testing::WriteFile(files_.certificate, made.certificate);
    testing::WriteFile(files_.key, made.key);
  }

  std::string Serve(const HttpLimits& limits = {}) {
    auto server = HttpServer::Start(
        {.listen = {{"127.0.0.1", "0"}}, .threads = 1, .limits = limits},
        handler_, observer_, watch_.get());
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    return server_->addresses().front();
  }

  testing::TempFolder folder_;
  const TlsFiles files_ = {folder_.Path("cert"), folder_.Path("key"), ""};
  std::unique_ptr<TlsWatch> watch_;
};

TEST_F(TlsTest, WritesAllOfALargeAnswerToASlowReader) {
  TlsClient client(Serve());
  client.Send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  RawClient other = Connect();
  // When it is closed, the answer fills the socket of the first client.
  other.Send("no TLS at all");
  other.ReadToEnd();
  client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string answers = client.ReadToEnd();
  EXPECT_THAT(answers, AllOf(HasStatus(200), HasBody("GET /|")));
  EXPECT_GT(answers.size(), std::size_t{8 << 20});
}

TEST_F(TlsTest, AnswersAClientThatSendsNoMore) {
  TlsClient client(Serve());
  client.Send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(handler_.AwaitHeld());
  client.EndSending();
  handler_.Release(FakeHandler::Answer(200, "late"));
  EXPECT_THAT(client.ReadToEnd(), AllOf(HasStatus(200), HasBody("late")));
}

TEST_F(TlsTest, ReadsARequestThatComesInManyRecords) {
  TlsClient client(Serve());
  const std::string body(100'000, 'b');
  client.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
      "Content-Length: 100000\r\n\r\n");
  for (const char c : body.substr(0, 100)) client.Send(std::string(1, c));
  client.Send(body.substr(100));
  EXPECT_THAT(client.ReadToEnd(), HasBody("POST /|" + body));
}

TEST_F(TlsTest, SendsCloseNotifyOnAnIdleConnection) {
  HttpLimits limits;
  limits.idle_timeout = kHandshakeTimeout;
  TlsClient client(Serve(limits));
  EXPECT_TRUE(client.is_open());
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(TlsTest, ClosesAConnectionWhoseAnswerIsNotRead) {
  HttpLimits limits;
  limits.write_timeout = kHandshakeTimeout;
  TlsClient client(Serve(limits));
  client.Send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(testing::Eventually([&] { return !handler_.runs().empty(); }));
  server_->Stop(absl::Seconds(10));
  EXPECT_EQ(client.ReadToEnd(), "broken");
}

TEST_F(TlsTest, AnswersAConnectionTooManyWith503) {
  HttpLimits limits;
  limits.connections = 1;
  const std::string address = Serve(limits);
  TlsClient first(address);
  TlsClient second(address);
  second.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(second.ReadToEnd(), AllOf(HasStatus(503), Closes()));
}

TEST_F(TlsTest, StopsThoughAClientDoesNotShakeHands) {
  HttpLimits limits;
  limits.header_timeout = absl::Hours(1);
  RawClient client(Serve(limits));
  client.Send("\x16\x03\x01");
  server_->Stop(absl::Seconds(10));
  EXPECT_EQ(client.ReadToEnd(), "");
}

TEST_F(TlsTest, GoesByOneContextUntilTheFilesChange) {
  TlsContexts contexts(*watch_);
  const auto first = contexts.current();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(contexts.current(), first);
  const auto material = watch_->current();
  Write(testing::MakeCertificate("other", ""));
  ASSERT_TRUE(
      testing::Eventually([&] { return watch_->current() != material; }));
  EXPECT_NE(contexts.current(), first);
}

}  // namespace
}  // namespace webhooks::gateway
