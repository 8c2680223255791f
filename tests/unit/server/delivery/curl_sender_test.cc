#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/certificates.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/server/delivery/curl_sender_fixture.h"

// Tests of requests, targets and failures to send.
namespace webhooks::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::ScriptedConnection;
using testing::ScriptedServer;

TEST(CurlSender, PostsOnlyWhatItIsGiven) {
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

TEST(CurlSender, FailsForAStatusOtherThan2xxAndReturnsRetryAfter) {
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

// Resolves every name to the address that the test sets.
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

TEST(CurlSender, ReportsTheFailureOfTheAddressThatIsAllowed) {
  // The name has both ::1 and 127.0.0.1, and nothing listens at the port.
  const int port = ScriptedServer(Answering(kOk)).port();
  CurlSender::Options options;
  options.guard = TargetGuard({*AddressRange::Parse("127.0.0.1")});
  options.resolve = [](const std::string&) { return "[::1],127.0.0.1"; };
  const v1::Attempt attempt =
      SendTo(absl::StrCat("http://receiver.example:", port, "/"), options)
          .attempt;
  EXPECT_EQ(attempt.error(), v1::Attempt::CONNECTION_REFUSED)
      << attempt.DebugString();
}

TEST(CurlSender, ARefusalNamesTheAddressOfTheUrlAndTheFlag) {
  struct Case {
    const char* host;
    const char* resolved;
    const char* named;
  };
  for (const auto& [host, resolved, named] :
       {Case{"10.1.2.3", "", "10.1.2.3"}, Case{"0xa.1.2.3", "", "10.1.2.3"},
        Case{"[::1]", "", "::1"}, Case{"[0:0:0::1]", "", "::1"},
        Case{"localhost", "127.0.0.1", "127.0.0.1"},
        Case{"x.LOCALHOST", "127.0.0.2", "127.0.0.2"}}) {
    const v1::Attempt attempt =
        SendTo(absl::StrCat("http://", host, ":1/"),
               Resolving([address = std::string(resolved)] { return address; },
                         CurlSender::Options()))
            .attempt;
    EXPECT_THAT(attempt.error_detail(),
                HasSubstr(absl::StrCat("sent to ", named, ",")));
    EXPECT_THAT(attempt.error_detail(), HasSubstr("--allow_targets"));
  }
}

class UrlWithAGuess : public ::testing::TestWithParam<const char*> {};
TEST_P(UrlWithAGuess, DoesNotTellIfThePrivateDnsHasTheAddress) {
  for (const std::string address : {"10.1.2.3", "127.0.0.53"}) {
    const std::string url = absl::Substitute(GetParam(), address);
    const auto detail_with = [&](const std::string& resolved) {
      return SendTo(url,
                    Resolving([&] { return resolved; }, CurlSender::Options()))
          .attempt.error_detail();
    };
    EXPECT_THAT(detail_with(address), HasSubstr("the address of the host"));
    EXPECT_EQ(detail_with(address), detail_with("10.1.2.4")) << url;
  }
}
INSTANTIATE_TEST_SUITE_P(
    Every, UrlWithAGuess,
    ::testing::Values(
        "http://receiver.example:1/", "http://receiver.example:1/$0",
        "http://receiver.example:1/?a=10.1.2.2,$0,[$0]",
        "http://receiver.example:1/#$0", "http://$0@receiver.example:1/",
        "http://$0.receiver.example:1/", "http://receiver-$0.example:1/",
        "http://localhost.$0.example:1/"));

TEST(CurlSender, ARefusalDoesNotNameAPrivateAddressOfALoopbackName) {
  const v1::Attempt attempt =
      SendTo("http://receiver.localhost:1/",
             Resolving([] { return "10.1.2.3"; }, CurlSender::Options()))
          .attempt;
  EXPECT_EQ(attempt.error(), v1::Attempt::TARGET_REFUSED);
  EXPECT_THAT(attempt.DebugString(), Not(HasSubstr("10.1.2.3")));
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
  const v1::Attempt attempt = SendTo(server.url()).attempt;
  EXPECT_EQ(attempt.status(), 307);
  EXPECT_THAT(attempt.error_detail(),
              HasSubstr(absl::StrCat("a redirect to ", target.url(),
                                     ", which is not followed")));
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

TEST(CurlSender, FailsWithoutAResponseAtTheTimeout) {
  ScriptedServer server(
      [](ScriptedConnection& connection, int) { connection.Hang(); });
  const HttpOutcome outcome =
      SendTo(server.url(), LoopbackAllowed(), absl::Milliseconds(100));
  EXPECT_EQ(outcome.attempt.error(), v1::Attempt::TIMEOUT);
  EXPECT_FALSE(outcome.attempt.has_status());
}

TEST(CurlSender, ReportsARefusedConnection) {
  int port = 0;
  {
    ScriptedServer gone(Answering(kOk));
    port = gone.port();
  }
  EXPECT_EQ(
      SendTo(absl::StrCat("http://127.0.0.1:", port, "/")).attempt.error(),
      v1::Attempt::CONNECTION_REFUSED);
}

TEST(CurlSender, ReportsAFailedTlsHandshake) {
  ScriptedServer server([](ScriptedConnection& connection, int) {
    connection.Send("this is no TLS");
    connection.Hang();
  });
  const v1::Attempt attempt =
      SendTo(absl::StrCat("https://127.0.0.1:", server.port(), "/")).attempt;
  EXPECT_EQ(attempt.error(), v1::Attempt::TLS_HANDSHAKE);
  EXPECT_THAT(attempt.error_detail(), HasSubstr("plain HTTP"));
}

TEST(CurlSender, AbandonsRequestsInFlightAndLaterOnes) {
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

// Opens files up to the process's limit, and closes them when destroyed.
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

TEST(CurlSender, ReportsThatItIsOutOfFiles) {
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

// Keeps the process from opening files, even after it closes some, until
// destroyed.
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

// Leaves two files to the sender: its socket and the certificate authorities.
TEST(CurlSender, DoesNotReportOutOfFilesForAnOpenSocket) {
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
  const auto send = [](const std::string& url,
                       const CurlSender::Options& options) {
    return std::async(std::launch::async, [=] { return SendTo(url, options); });
  };
  // A sanitizer opens files when it sees a type for the first time.
  send("http://127.0.0.1:1/", options).get();
  std::future<HttpOutcome> outcome =
      send(absl::StrCat("https://127.0.0.1:", server.port(), "/"), options);
  is_accepted.WaitForNotification();
  const std::string certificate =
      testing::MakeCertificate("authority", "").certificate;
  const int authorities = open(options.ca_file.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_GE(authorities, 0);
  const FileLimit limit;
  ASSERT_EQ(write(authorities, certificate.data(), certificate.size()),
            static_cast<ssize_t>(certificate.size()));
  close(authorities);
  is_limited.Notify();
  const HttpOutcome failed = outcome.get();
  EXPECT_FALSE(failed.is_out_of_files);
  EXPECT_EQ(failed.attempt.error(), v1::Attempt::TLS_HANDSHAKE);
}

TEST(CurlSender, DoesNotReportOutOfFilesForARefusedConnection) {
  std::string url;
  {
    ScriptedServer server(Answering(kOk));
    url = server.url();
  }
  EXPECT_FALSE(SendTo(url).is_out_of_files);
}

}  // namespace
}  // namespace webhooks::server
