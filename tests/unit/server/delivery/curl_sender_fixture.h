#ifndef WEBHOOKS_TESTS_UNIT_SERVER_DELIVERY_CURL_SENDER_FIXTURE_H_
#define WEBHOOKS_TESTS_UNIT_SERVER_DELIVERY_CURL_SENDER_FIXTURE_H_

#include <future>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "server/delivery/curl_sender.h"
#include "tests/support/scripted_server.h"

namespace webhooks::server {

inline constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Answers every request on a connection with the same bytes.
inline testing::ScriptedServer::Script Answering(const std::string& answer) {
  return [answer](testing::ScriptedConnection& connection, int) {
    while (!connection.ReadRequest().empty()) connection.Send(answer);
  };
}

inline CurlSender::Options LoopbackAllowed() {
  CurlSender::Options options;
  options.guard = TargetGuard({*AddressRange::Parse("127.0.0.0/8")});
  return options;
}

inline HttpRequest Post(const std::string& url) {
  return {url, {"content-type: application/json"}, "{}", absl::Seconds(20)};
}

inline HttpOutcome Send(CurlSender& sender, HttpRequest request) {
  std::promise<HttpOutcome> promise;
  sender.Send(std::move(request), [&](HttpOutcome outcome) {
    promise.set_value(std::move(outcome));
  });
  return promise.get_future().get();
}

// Returns the outcome of one request with a new sender.
inline HttpOutcome SendTo(
    const std::string& url,
    const CurlSender::Options& options = LoopbackAllowed(),
    absl::Duration timeout = absl::Seconds(20)) {
  CurlSender sender(options, &absl::Now);
  HttpRequest request = Post(url);
  request.timeout = timeout;
  return Send(sender, std::move(request));
}

}  // namespace webhooks::server

#endif  // WEBHOOKS_TESTS_UNIT_SERVER_DELIVERY_CURL_SENDER_FIXTURE_H_
