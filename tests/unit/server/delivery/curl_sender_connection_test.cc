#include <sys/socket.h>

#include <atomic>
#include <string>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "tests/support/scripted_server.h"
#include "tests/unit/server/delivery/curl_sender_fixture.h"

// Tests of reused connections.
namespace webhooks::server {
namespace {

using testing::ScriptedConnection;
using testing::ScriptedServer;

TEST(CurlSender, ReusesAConnection) {
  ScriptedServer server(Answering(kOk));
  CurlSender sender(LoopbackAllowed(), &absl::Now);
  Send(sender, Post(server.url()));
  const HttpOutcome second = Send(sender, Post(server.url()));
  EXPECT_FALSE(second.attempt.has_connect());
  EXPECT_FALSE(second.attempt.has_dns());
  EXPECT_TRUE(second.attempt.has_first_byte());
  EXPECT_EQ(server.connections(), 1);
}

// Answers every request; sends unexpected bytes after the answer to the first,
// and notifies the test of them.
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

  // Sends a request, waits for the unexpected bytes, and sends another request.
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

TEST(CurlSender, DoesNotTakeUnreadBytesForAResponse) {
  for (const char* excess :
       {kOk, "x", "HTTP/1.1 408 Late\r\nConnection: close\r\n\r\n"}) {
    Chatty receiver(kOk, excess);
    EXPECT_EQ(receiver.SecondAttempt().status(), 200) << excess;
    EXPECT_EQ(receiver.requests(), 2) << excess;
    EXPECT_EQ(receiver.connections(), 2) << excess;
  }
}

TEST(CurlSender, DoesNotTakeAnUnexpectedBodyForAResponse) {
  Chatty receiver("HTTP/1.1 204 No\r\nContent-Length: 42\r\n\r\n", kOk);
  EXPECT_EQ(receiver.SecondAttempt().status(), 200);
  EXPECT_EQ(receiver.requests(), 2);
}

TEST(CurlSender, DoesNotReuseAConnectionAfterAnAmbiguousLength) {
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

TEST(CurlSender, DoesNotFailOnAConnectionThatTheReceiverClosed) {
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

TEST(CurlSender, SendsAgainIfAReusedConnectionEndsWithoutAResponse) {
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

TEST(CurlSender, SendsAgainOnlyOnce) {
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

TEST(CurlSender, DoesNotSendAgainOnceAResponseHasStarted) {
  std::atomic<int> requests = 0;
  ScriptedServer server([&](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    ++requests;
    connection.Send(kOk);
    connection.ReadRequest();
    ++requests;
    connection.Send("HTTP/1.1 200 OK\r\n");
    // A close then resets the connection.
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

// Counts requests, and answers only the first.
class Silent {
 public:
  // Sends a second request on the same connection.
  v1::Attempt SecondAttempt(absl::Duration timeout) {
    CurlSender sender(LoopbackAllowed(), &absl::Now);
    Send(sender, Post(server_.url()));
    HttpRequest second = Post(server_.url());
    second.timeout = timeout;
    return Send(sender, std::move(second)).attempt;
  }

  int requests() const { return requests_; }

 private:
  std::atomic<int> requests_ = 0;
  ScriptedServer server_{[this](ScriptedConnection& connection, int) {
    while (!connection.ReadRequest().empty()) {
      if (++requests_ == 1) connection.Send(kOk);
    }
  }};
};

TEST(CurlSender, DoesNotSendAgainAfterATimeout) {
  Silent receiver;
  EXPECT_EQ(receiver.SecondAttempt(absl::Microseconds(200900)).error(),
            v1::Attempt::TIMEOUT);
  EXPECT_EQ(receiver.requests(), 2);
}

TEST(CurlSender, DoesNotTimeOutEarly) {
  Silent receiver;
  const v1::Attempt attempt =
      receiver.SecondAttempt(absl::Microseconds(200900));
  EXPECT_GE(attempt.total().nanos(), 200900000);
}

TEST(CurlSender, ReportsNoMoreThanTheElapsedTime) {
  Silent receiver;
  const absl::Time before = absl::Now();
  const v1::Attempt attempt = receiver.SecondAttempt(absl::Milliseconds(200));
  const absl::Duration total = FromProtoDuration(attempt.total());
  EXPECT_LE(total, absl::Now() - before);
}

TEST(CurlSender, DoesNotSendAgainAfterANewConnectionFails) {
  std::atomic<int> requests = 0;
  ScriptedServer server([&](ScriptedConnection& connection, int) {
    connection.ReadRequest();
    ++requests;
  });
  EXPECT_EQ(SendTo(server.url()).attempt.error(),
            v1::Attempt::CONNECTION_CLOSED);
  EXPECT_EQ(requests, 1);
}

// libcurl counts whole seconds: an age of 1 s is exceeded only after 2 s.
TEST(CurlSender, DoesNotReuseAnOldConnection) {
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

}  // namespace
}  // namespace webhooks::server
