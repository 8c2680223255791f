#include "server/runtime/metrics/page.h"

#include <arpa/inet.h>
#include <prometheus/metric_family.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/runtime/metrics/process_metrics.h"

namespace webhooks {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class OneFigure final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override {
    return {
        SingleMetric("things", "How many.", prometheus::MetricType::Gauge, 7)};
  }
};

class MetricsPageTest : public ::testing::Test {
 protected:
  MetricsPageTest() {
    auto page =
        MetricsPage::Listen({"127.0.0.1", "0"}, PeerScope::kThisMachine);
    EXPECT_TRUE(page.ok()) << page.status();
    page_ = *std::move(page);
    page_->Serve({&figure_});
  }

  int Connect() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::uint32_t port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(
        page_->address().substr(page_->address().rfind(':') + 1), &port));
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(
        connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
        0);
    return socket;
  }

  static void Send(int socket, const std::string& text) {
    EXPECT_EQ(send(socket, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }

  // Returns everything until the connection ends.
  static std::string Read(int socket) {
    std::string text;
    char bytes[1024];
    ssize_t size;
    while ((size = recv(socket, bytes, sizeof(bytes), 0)) > 0) {
      text.append(bytes, static_cast<std::size_t>(size));
    }
    close(socket);
    return text;
  }

  std::string Ask(const std::string& request) {
    const int socket = Connect();
    Send(socket, request);
    return Read(socket);
  }

  const OneFigure figure_;
  std::unique_ptr<MetricsPage> page_;
};

TEST_F(MetricsPageTest, ShowsMetrics) {
  const std::string answer = Ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("version=0.0.4"));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\n# HELP things How many.\n"));
  EXPECT_THAT(answer, HasSubstr("\nthings 7"));
}

TEST_F(MetricsPageTest, AnswersHeadWithoutABody) {
  const std::string answer = Ask("HEAD /metrics HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, Not(HasSubstr("things")));
}

TEST_F(MetricsPageTest, RefusesOtherPaths) {
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Ask("GET /metricsx HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 404 "));
}

TEST_F(MetricsPageTest, RefusesOtherMethods) {
  EXPECT_THAT(Ask("POST /metrics HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 405 "));
}

TEST_F(MetricsPageTest, ReadsARequestThatComesInParts) {
  const int socket = Connect();
  Send(socket, "GET /metr");
  // The answer to another client shows that the first part was read.
  Ask("GET /metrics HTTP/1.1\r\n\r\n");
  Send(socket, "ics HTTP/1.1\r\n\r\n");
  EXPECT_THAT(Read(socket), StartsWith("HTTP/1.1 200 "));
}

TEST_F(MetricsPageTest, ClosesOnARequestWithoutEnd) {
  const int socket = Connect();
  send(socket, std::string(20'000, 'x').data(), 20'000, MSG_NOSIGNAL);
  EXPECT_EQ(Read(socket), "");
}

TEST_F(MetricsPageTest, SilentClientsDoNotBlockOthers) {
  std::array<int, 40> silent;
  for (int& socket : silent) socket = Connect();
  EXPECT_THAT(Ask("GET /metrics HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
  for (const int socket : silent) close(socket);
}

TEST_F(MetricsPageTest, AnAddressInUseIsAnErrorThatNamesIt) {
  const auto address = ParseAddress(page_->address());
  ASSERT_TRUE(address.ok());
  const auto second = MetricsPage::Listen(*address, PeerScope::kThisMachine);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(page_->address()));
}

TEST_F(MetricsPageTest, AnAddressOfAnotherMachineIsAnErrorThatNamesIt) {
  const auto page =
      MetricsPage::Listen({"192.0.2.1", "0"}, PeerScope::kAnywhere);
  EXPECT_EQ(page.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(page.status().message()), HasSubstr("192.0.2.1"));
}

TEST_F(MetricsPageTest, IsReachableFromOtherMachinesOnlyWithinItsScope) {
  const Address everywhere = {"0.0.0.0", "0"};
  const auto refused = MetricsPage::Listen(everywhere, PeerScope::kThisMachine);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("--allow_plaintext_metrics"));
}

}  // namespace
}  // namespace webhooks
