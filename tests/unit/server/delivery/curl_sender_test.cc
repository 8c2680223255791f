#include "server/delivery/curl_sender.h"

#include <stdlib.h>

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/scripted_server.h"

namespace webhooks::server {
namespace {

using testing::ScriptedConnection;
using testing::ScriptedServer;

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Answers every request on a connection with the same bytes.
ScriptedServer::Script Answering(const std::string& answer) {
  return [answer](ScriptedConnection& connection, int) {
    while (!connection.ReadRequest().empty()) connection.Send(answer);
  };
}

CurlSender::Options LoopbackAllowed() {
  CurlSender::Options options;
  options.guard = TargetGuard({*AddressRange::Parse("127.0.0.0/8")});
  return options;
}

HttpRequest Post(const std::string& url) {
  return {url, {"content-type: application/json"}, "{}", absl::Seconds(20)};
}

HttpOutcome Send(CurlSender& sender, HttpRequest request) {
  std::promise<HttpOutcome> promise;
  sender.Send(std::move(request), [&](HttpOutcome outcome) {
    promise.set_value(std::move(outcome));
  });
  return promise.get_future().get();
}

// The outcome of one request with a sender of its own.
HttpOutcome SendTo(const std::string& url,
                   const CurlSender::Options& options = LoopbackAllowed(),
                   absl::Duration timeout = absl::Seconds(20)) {
  CurlSender sender(options, &absl::Now);
  HttpRequest request = Post(url);
  request.timeout = timeout;
  return Send(sender, std::move(request));
}

TEST(CurlSender, PostsWhatItIsGivenAndNothingOfItsOwn) {
  std::promise<std::string> got;
  ScriptedServer server([&](ScriptedConnection& connection, int) {
    got.set_value(connection.ReadRequest());
    connection.Send(kOk);
  });
  const HttpOutcome outcome = SendTo(server.url());
  EXPECT_EQ(outcome.attempt.status(), 200);
  EXPECT_FALSE(outcome.attempt.has_error());
  EXPECT_EQ(outcome.attempt.response_body(), "ok");
  EXPECT_EQ(outcome.attempt.address(),
            absl::StrCat("127.0.0.1:", server.port()));
  EXPECT_TRUE(outcome.attempt.has_connect());
  EXPECT_FALSE(outcome.attempt.has_tls());
  EXPECT_EQ(got.get_future().get(),
            absl::StrCat("POST / HTTP/1.1\r\nHost: 127.0.0.1:", server.port(),
                         "\r\ncontent-type: application/json\r\n"
                         "Content-Length: 2\r\n\r\n{}"));
}

TEST(CurlSender, UsesAConnectionAgain) {
  ScriptedServer server(Answering(kOk));
  CurlSender sender(LoopbackAllowed(), &absl::Now);
  Send(sender, Post(server.url()));
  const HttpOutcome second = Send(sender, Post(server.url()));
  EXPECT_FALSE(second.attempt.has_connect());
  EXPECT_FALSE(second.attempt.has_dns());
  EXPECT_TRUE(second.attempt.has_first_byte());
  EXPECT_EQ(server.connections(), 1);
}

TEST(CurlSender, AnotherStatusThan2xxIsAnErrorAndCarriesRetryAfter) {
  ScriptedServer server(Answering(
      "HTTP/1.1 503 No\r\nRetry-After:  7 \r\nContent-Length: 0\r\n\r\n"));
  const HttpOutcome outcome = SendTo(server.url());
  EXPECT_EQ(outcome.attempt.error(), v1::Attempt::HTTP_STATUS);
  EXPECT_EQ(outcome.attempt.status(), 503);
  EXPECT_EQ(outcome.retry_after, "7");
}

class Spelling : public ::testing::TestWithParam<const char*> {};
TEST_P(Spelling, OfALoopbackAddressIsRefused) {
  ScriptedServer server(Answering(kOk));
  const HttpOutcome outcome =
      SendTo(absl::StrCat("http://", GetParam(), ":", server.port(), "/"),
             CurlSender::Options());
  EXPECT_EQ(outcome.attempt.error(), v1::Attempt::TARGET_REFUSED);
  EXPECT_FALSE(outcome.attempt.has_status());
  EXPECT_EQ(server.connections(), 0);
}
INSTANTIATE_TEST_SUITE_P(Every, Spelling,
                         ::testing::Values("127.0.0.1", "0x7f.1", "2130706433",
                                           "0177.0.0.1", "127.1", "0.0.0.0",
                                           "[::1]", "[::ffff:127.0.0.1]",
                                           "[::127.0.0.1]", "localhost"));

// Resolves every name to what the test says.
CurlSender::Options Resolving(std::function<std::string()> address,
                              CurlSender::Options options) {
  options.resolve = [address = std::move(address)](const std::string&) {
    return address();
  };
  return options;
}

TEST(CurlSender, RefusesANameThatResolvesToARefusedAddress) {
  ScriptedServer server(Answering(kOk));
  const HttpOutcome outcome =
      SendTo(absl::StrCat("http://receiver.example:", server.port(), "/"),
             Resolving([] { return "127.0.0.1"; }, CurlSender::Options()));
  EXPECT_EQ(outcome.attempt.error(), v1::Attempt::TARGET_REFUSED);
  EXPECT_EQ(server.connections(), 0);
}

TEST(CurlSender, RefusesANameThatResolvesDifferentlyTheSecondTime) {
  ScriptedServer server([](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    connection.Send(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  CurlSender::Options options;
  options.guard = TargetGuard({*AddressRange::Parse("127.0.0.1")});
  int asked = 0;
  CurlSender sender(
      Resolving([&asked] { return ++asked == 1 ? "127.0.0.1" : "127.0.0.2"; },
                options),
      &absl::Now);
  const std::string url =
      absl::StrCat("http://receiver.example:", server.port(), "/");
  EXPECT_EQ(Send(sender, Post(url)).attempt.status(), 200);
  EXPECT_EQ(Send(sender, Post(url)).attempt.error(),
            v1::Attempt::TARGET_REFUSED);
}

TEST(CurlSender, DoesNotFollowARedirect) {
  ScriptedServer target(Answering(kOk));
  ScriptedServer server(
      Answering(absl::StrCat("HTTP/1.1 307 Go\r\nLocation: ", target.url(),
                             "\r\nContent-Length: 0\r\n\r\n")));
  EXPECT_EQ(SendTo(server.url()).attempt.status(), 307);
  EXPECT_EQ(target.connections(), 0);
}

TEST(CurlSender, IgnoresProxiesOfTheEnvironment) {
  ScriptedServer proxy(Answering(kOk));
  ScriptedServer server(Answering(kOk));
  setenv("http_proxy", proxy.url().c_str(), 1);
  setenv("all_proxy", proxy.url().c_str(), 1);
  EXPECT_EQ(SendTo(server.url()).attempt.status(), 200);
  unsetenv("http_proxy");
  unsetenv("all_proxy");
  EXPECT_EQ(proxy.connections(), 0);
}

TEST(CurlSender, CutsAnEndlessAnswerAndGoesByItsStatus) {
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

TEST(CurlSender, ASlowDripEndsAtTheTimeout) {
  ScriptedServer server([](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (connection.Pause(5) && connection.Send("x")) {
    }
  });
  const HttpOutcome outcome =
      SendTo(server.url(), LoopbackAllowed(), absl::Seconds(1));
  EXPECT_EQ(outcome.attempt.error(), v1::Attempt::TIMEOUT);
  EXPECT_EQ(outcome.attempt.status(), 200);
}

TEST(CurlSender, NoAnswerEndsAtTheTimeout) {
  ScriptedServer server(
      [](ScriptedConnection& connection, int) { connection.Hang(); });
  const HttpOutcome outcome =
      SendTo(server.url(), LoopbackAllowed(), absl::Milliseconds(100));
  EXPECT_EQ(outcome.attempt.error(), v1::Attempt::TIMEOUT);
  EXPECT_FALSE(outcome.attempt.has_status());
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

TEST(CurlSender, APlainTextAnswerIsNoHttp) {
  ScriptedServer server(Answering("SSH-2.0-OpenSSH_9.2\r\n"));
  EXPECT_EQ(SendTo(server.url()).attempt.error(), v1::Attempt::BAD_RESPONSE);
}

TEST(CurlSender, AnAnswerThatEndsTooSoonIsAnError) {
  ScriptedServer server([](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort");
  });
  EXPECT_EQ(SendTo(server.url()).attempt.error(),
            v1::Attempt::CONNECTION_CLOSED);
}

TEST(CurlSender, TellsARefusedConnection) {
  int port = 0;
  {
    ScriptedServer gone(Answering(kOk));
    port = gone.port();
  }
  EXPECT_EQ(
      SendTo(absl::StrCat("http://127.0.0.1:", port, "/")).attempt.error(),
      v1::Attempt::CONNECTION_REFUSED);
}

TEST(CurlSender, TellsATlsHandshakeThatFails) {
  ScriptedServer server([](ScriptedConnection& connection, int) {
    connection.Send("this is no TLS");
    connection.Hang();
  });
  EXPECT_EQ(SendTo(absl::StrCat("https://127.0.0.1:", server.port(), "/"))
                .attempt.error(),
            v1::Attempt::TLS_HANDSHAKE);
}

TEST(CurlSender, WhatIsNotUtf8InAnAnswerIsReplaced) {
  ScriptedServer server(
      Answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na\xff\x62"));
  EXPECT_EQ(SendTo(server.url()).attempt.response_body(), "a\xef\xbf\xbd\x62");
}

TEST(CurlSender, AbandonsWhatIsInFlightAndWhatComesLater) {
  std::promise<void> arrived;
  ScriptedServer server([&](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    arrived.set_value();
    connection.Hang();
  });
  CurlSender sender(LoopbackAllowed(), &absl::Now);
  std::promise<HttpOutcome> ended;
  sender.Send(Post(server.url()), [&](HttpOutcome outcome) {
    ended.set_value(std::move(outcome));
  });
  arrived.get_future().wait();
  sender.Abandon();
  EXPECT_TRUE(ended.get_future().get().is_abandoned);
  EXPECT_TRUE(Send(sender, Post(server.url())).is_abandoned);
}

}  // namespace
}  // namespace webhooks::server
