#include <dlfcn.h>
#include <netdb.h>

#include <deque>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/delivery/curl_sender.h"
#include "tests/support/scripted_server.h"

// Tests the sender while names are looked up.
namespace webhooks::server {
namespace {

constexpr char kSlowName[] = "slow.example";
constexpr char kSlowUrl[] = "http://slow.example/";

// Ends the look-ups of kSlowName. The timeout only applies if a test fails.
absl::Notification* released = nullptr;
constexpr absl::Duration kLongest = absl::Seconds(20);

}  // namespace
}  // namespace webhooks::server

// Replaces the function of the C library, which libcurl calls on its own
// threads.
extern "C" int getaddrinfo(const char* node, const char* service,
                           const addrinfo* hints, addrinfo** result) {
  using webhooks::server::released;
  if (node != nullptr &&
      absl::string_view(node) == webhooks::server::kSlowName) {
    released->WaitForNotificationWithTimeout(webhooks::server::kLongest);
    return EAI_FAIL;
  }
  static const auto real =
      reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(node, service, hints, result);
}

namespace webhooks::server {
namespace {

using testing::ScriptedConnection;
using testing::ScriptedServer;

std::future<HttpOutcome> Send(CurlSender& sender, const std::string& url) {
  auto promise = std::make_shared<std::promise<HttpOutcome>>();
  sender.Send({url, {}, "{}", absl::Seconds(10)}, [promise](auto outcome) {
    promise->set_value(std::move(outcome));
  });
  return promise->get_future();
}

class SlowNames : public ::testing::Test {
 protected:
  // Never destroyed: a look-up may outlast the test.
  void SetUp() override {
    static auto& all = *new std::deque<absl::Notification>;
    released = &all.emplace_back();
  }

  void TearDown() override {
    if (!released->HasBeenNotified()) released->Notify();
  }

  static CurlSender::Options Impatient() {
    CurlSender::Options options;
    options.guard = TargetGuard({*AddressRange::Parse("127.0.0.0/8")});
    options.connect_timeout = absl::Milliseconds(500);
    return options;
  }
};

TEST_F(SlowNames, DoNotDelayOtherRequests) {
  const absl::Time start = absl::Now();
  ScriptedServer server([](ScriptedConnection& connection, int) {
    while (!connection.ReadRequest().empty()) {
      connection.Send("HTTP/1.1 204 No Content\r\n\r\n");
    }
  });
  CurlSender sender(Impatient(), &absl::Now);
  const HttpOutcome slow = Send(sender, kSlowUrl).get();
  EXPECT_EQ(slow.attempt.error(), v1::Attempt::TIMEOUT);
  EXPECT_EQ(Send(sender, server.url()).get().attempt.status(), 204);
  // The look-up has not ended.
  EXPECT_LT(absl::Now() - start, kLongest / 2);
}

TEST_F(SlowNames, DoNotDelayTheDestructor) {
  const absl::Time start = absl::Now();
  {
    CurlSender sender(Impatient(), &absl::Now);
    auto slow = Send(sender, kSlowUrl);
    sender.Abandon();
    EXPECT_TRUE(slow.get().is_abandoned);
  }
  EXPECT_LT(absl::Now() - start, kLongest / 2);
}

}  // namespace
}  // namespace webhooks::server
