#ifndef WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_HTTP_SERVER_FIXTURE_H_
#define WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_HTTP_SERVER_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>

#include "gateway/http/http_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/gateway/http/fake_handler.h"
#include "tests/unit/gateway/http/fake_observer.h"
#include "tests/unit/gateway/http/raw_client.h"

namespace webhooks::gateway {

// A listener on a free loopback port, with a FakeHandler.
class HttpServerTest : public ::testing::Test {
 protected:
  // Call this before Connect if a test needs other limits.
  void Serve(HttpLimits limits, int threads = 1) {
    auto server = HttpServer::Start(
        {.listen = {{"127.0.0.1", "0"}}, .threads = threads, .limits = limits},
        handler_, observer_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  RawClient Connect() {
    if (server_ == nullptr) Serve(HttpLimits());
    return RawClient(server_->addresses().front());
  }

  // Returns the answer to `request` on a new connection.
  std::string Ask(absl::string_view request) {
    RawClient client = Connect();
    client.Send(request);
    return client.ReadAnswer();
  }

  FakeHandler handler_;
  FakeObserver observer_;
  std::unique_ptr<HttpServer> server_;
};

MATCHER_P(HasStatus, status, "") {
  return absl::StartsWith(arg, absl::StrCat("HTTP/1.1 ", status, " "));
}

MATCHER_P(HasBody, body, "") {
  return absl::EndsWith(arg, absl::StrCat("\r\n\r\n", body));
}

// Matches an answer that says that the connection closes.
MATCHER(Closes, "") {
  return absl::StrContains(arg, "\r\nConnection: close\r\n");
}

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_HTTP_SERVER_FIXTURE_H_
