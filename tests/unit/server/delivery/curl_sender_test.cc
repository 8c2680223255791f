#include "server/delivery/curl_sender.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/certificates.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temp_folder.h"

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

TEST(CurlSender, ABodyThatDoesNotEndIsNotedAndTheStatusDecides) {
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

// The attempt at a receiver that sends `answer` and closes the connection.
v1::Attempt AttemptAnswered(const std::string& answer) {
  ScriptedServer server([&](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    connection.Send(answer);
  });
  return SendTo(server.url()).attempt;
}

TEST(CurlSender, ABodyThatIsCutShortIsNotedAndTheStatusDecides) {
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

TEST(CurlSender, AWholeAnswerHasNoNote) {
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

TEST(CurlSender, AnInterimAnswerIsFollowedByTheOne) {
  const v1::Attempt attempt = AttemptAnswered(
      "HTTP/1.1 103 Early Hints\r\nRetry-After: 5\r\n\r\n"
      "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(attempt.status(), 503);
}

TEST(CurlSender, ACodingThatSaysNothingEndsWithTheConnection) {
  const v1::Attempt attempt = AttemptAnswered(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok");
  EXPECT_EQ(attempt.status(), 200);
  EXPECT_FALSE(attempt.has_error());
}

TEST(CurlSender, ATrailerIsNoHeader) {
  ScriptedServer server(
      Answering("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n"
                "0\r\nRetry-After: 7\r\n\r\n"));
  EXPECT_EQ(SendTo(server.url()).retry_after, "");
}

// Sends bytes that nobody asked for once it has answered the first request, and
// tells when they are sent; answers every other request.
class Chatty {
 public:
  explicit Chatty(const std::string& answer, const std::string& excess)
      : server_([=, this](ScriptedConnection& connection, int number) {
          while (!connection.ReadRequest().empty()) {
            ++requests_;
            if (number > 0) {
              connection.Send(kOk);
              continue;
            }
            connection.Send(answer);
            may_send_excess_.WaitForNotification();
            connection.Send(excess);
            sent_.Notify();
            return connection.Hang();
          }
        }) {}

  // Sends one request, waits for the excess, and sends another.
  v1::Attempt SecondAttempt() {
    CurlSender sender(LoopbackAllowed(), &absl::Now);
    Send(sender, Post(server_.url()));
    may_send_excess_.Notify();
    sent_.WaitForNotification();
    return Send(sender, Post(server_.url())).attempt;
  }

  int requests() const { return requests_; }
  int connections() { return server_.connections(); }

 private:
  std::atomic<int> requests_ = 0;
  absl::Notification may_send_excess_;
  absl::Notification sent_;
  ScriptedServer server_;
};

TEST(CurlSender, WhatIsLeftOnAConnectionAnswersNoRequest) {
  for (const char* excess :
       {kOk, "x", "HTTP/1.1 408 Late\r\nConnection: close\r\n\r\n"}) {
    Chatty receiver(kOk, excess);
    EXPECT_EQ(receiver.SecondAttempt().status(), 200) << excess;
    EXPECT_EQ(receiver.requests(), 2) << excess;
    EXPECT_EQ(receiver.connections(), 2) << excess;
  }
}

TEST(CurlSender, ABodyOfAnAnswerThatHasNoneAnswersNoRequest) {
  Chatty receiver("HTTP/1.1 204 No\r\nContent-Length: 42\r\n\r\n", kOk);
  EXPECT_EQ(receiver.SecondAttempt().status(), 200);
  EXPECT_EQ(receiver.requests(), 2);
}

TEST(CurlSender, AConnectionWhoseAnswerEndsInDoubtIsNotUsedAgain) {
  for (const char* answer :
       {"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    ScriptedServer server(Answering(answer));
    CurlSender sender(LoopbackAllowed(), &absl::Now);
    Send(sender, Post(server.url()));
    Send(sender, Post(server.url()));
    EXPECT_EQ(server.connections(), 2) << answer;
  }
}

TEST(CurlSender, AConnectionThatTheReceiverClosedCostsNoAttempt) {
  absl::Notification closed;
  ScriptedServer server([&](ScriptedConnection& connection, int number) {
    if (connection.ReadRequest().empty()) return;
    connection.Send(kOk);
    if (number > 0) return connection.Hang();
    shutdown(connection.socket(), SHUT_RDWR);
    closed.Notify();
  });
  CurlSender sender(LoopbackAllowed(), &absl::Now);
  Send(sender, Post(server.url()));
  closed.WaitForNotification();
  const v1::Attempt second = Send(sender, Post(server.url())).attempt;
  EXPECT_EQ(second.status(), 200) << second.DebugString();
  EXPECT_EQ(server.connections(), 2);
}

TEST(CurlSender, SendsOnceMoreWhereAnIdleConnectionEndsWithoutAnAnswer) {
  std::atomic<int> requests = 0;
  ScriptedServer server([&](ScriptedConnection& connection, int number) {
    while (!connection.ReadRequest().empty()) {
      ++requests;
      if (number == 0 && requests > 1) return;
      connection.Send(kOk);
    }
  });
  CurlSender sender(LoopbackAllowed(), &absl::Now);
  Send(sender, Post(server.url()));
  const v1::Attempt second = Send(sender, Post(server.url())).attempt;
  EXPECT_EQ(second.status(), 200) << second.DebugString();
  EXPECT_TRUE(second.has_connect());
  EXPECT_EQ(requests, 3);
}

TEST(CurlSender, SendsNoMoreThanOnceMore) {
  std::atomic<int> requests = 0;
  ScriptedServer server([&](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    if (requests++ > 0) return;
    connection.Send(kOk);
    connection.ReadRequest();
    ++requests;
  });
  CurlSender sender(LoopbackAllowed(), &absl::Now);
  Send(sender, Post(server.url()));
  EXPECT_EQ(Send(sender, Post(server.url())).attempt.error(),
            v1::Attempt::CONNECTION_CLOSED);
  EXPECT_EQ(requests, 3);
}

TEST(CurlSender, DoesNotSendAgainOnceAnAnswerHasBegun) {
  std::atomic<int> requests = 0;
  ScriptedServer server([&](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    ++requests;
    connection.Send(kOk);
    connection.ReadRequest();
    ++requests;
    connection.Send("HTTP/1.1 200 OK\r\n");
    // The connection is reset once it is closed.
    const linger at_once{1, 0};
    setsockopt(connection.socket(), SOL_SOCKET, SO_LINGER, &at_once,
               sizeof(at_once));
  });
  CurlSender sender(LoopbackAllowed(), &absl::Now);
  Send(sender, Post(server.url()));
  EXPECT_EQ(Send(sender, Post(server.url())).attempt.error(),
            v1::Attempt::CONNECTION_CLOSED);
  EXPECT_EQ(requests, 2);
}

TEST(CurlSender, DoesNotSendAgainOnANewConnection) {
  std::atomic<int> requests = 0;
  ScriptedServer server([&](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    ++requests;
  });
  EXPECT_EQ(SendTo(server.url()).attempt.error(),
            v1::Attempt::CONNECTION_CLOSED);
  EXPECT_EQ(requests, 1);
}

// libcurl counts whole seconds, so the second must be over.
TEST(CurlSender, AConnectionIsNotUsedAgainOnceItIsOld) {
  for (const bool by_age : {false, true}) {
    ScriptedServer server(Answering(kOk));
    CurlSender::Options options = LoopbackAllowed();
    (by_age ? options.connection_max_age : options.connection_max_idle) =
        absl::Seconds(1);
    CurlSender sender(options, &absl::Now);
    Send(sender, Post(server.url()));
    absl::SleepFor(absl::Milliseconds(2100));
    EXPECT_EQ(Send(sender, Post(server.url())).attempt.status(), 200);
    EXPECT_EQ(server.connections(), 2) << by_age;
  }
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

// Takes every file that the process may open, and gives them back.
class NoFiles {
 public:
  NoFiles() {
    for (int file; (file = dup(STDERR_FILENO)) >= 0;) files_.push_back(file);
  }
  ~NoFiles() {
    for (const int file : files_) close(file);
  }

 private:
  std::vector<int> files_;
};

TEST(CurlSender, SaysThatItIsOutOfFilesAndNothingWasSent) {
  ScriptedServer server(Answering(kOk));
  CurlSender sender(LoopbackAllowed(), &absl::Now);
  EXPECT_FALSE(Send(sender, Post(server.url())).is_out_of_files);
  ScriptedServer other(Answering(kOk));
  {
    const NoFiles none;
    EXPECT_TRUE(Send(sender, Post(other.url())).is_out_of_files);
  }
  EXPECT_EQ(Send(sender, Post(other.url())).attempt.status(), 200);
}

// Has the process open no more files, however many it closes, until it goes.
class FileLimit {
 public:
  FileLimit() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{3, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~FileLimit() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

// The sender opens its socket, then the authorities, and no more.
TEST(CurlSender, AFailureOnAnOpenSocketIsNoLackOfFiles) {
  const testing::TempFolder folder;
  CurlSender::Options options = LoopbackAllowed();
  options.ca_file = folder.Path("authorities");
  ASSERT_EQ(mkfifo(options.ca_file.c_str(), S_IRUSR | S_IWUSR), 0);
  absl::Notification is_accepted;
  absl::Notification is_limited;
  ScriptedServer server([&](ScriptedConnection& connection, int) {
    is_accepted.Notify();
    is_limited.WaitForNotification();
    connection.Send("this is no TLS");
    connection.Hang();
  });
  std::future<HttpOutcome> outcome = std::async(std::launch::async, [&] {
    return SendTo(absl::StrCat("https://127.0.0.1:", server.port(), "/"),
                  options);
  });
  is_accepted.WaitForNotification();
  std::ofstream authorities(options.ca_file);
  const FileLimit limit;
  authorities << testing::MakeCertificate("authority", "").certificate;
  authorities.close();
  is_limited.Notify();
  const HttpOutcome failed = outcome.get();
  EXPECT_FALSE(failed.is_out_of_files);
  EXPECT_EQ(failed.attempt.error(), v1::Attempt::TLS_HANDSHAKE);
}

TEST(CurlSender, AReceiverThatRefusesConnectionsIsNoLackOfFiles) {
  std::string url;
  {
    ScriptedServer server(Answering(kOk));
    url = server.url();
  }
  EXPECT_FALSE(SendTo(url).is_out_of_files);
}

}  // namespace
}  // namespace webhooks::server
