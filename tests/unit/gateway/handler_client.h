#ifndef WEBHOOKS_TESTS_UNIT_GATEWAY_HANDLER_CLIENT_H_
#define WEBHOOKS_TESTS_UNIT_GATEWAY_HANDLER_CLIENT_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/http/request_handler.h"
#include "gmock/gmock.h"

namespace webhooks::gateway {

// A request for a handler whose backend answers at once.
struct Ask {
  std::string method = "GET";
  std::string path = "/";
  std::string query = {};
  std::string body = {};
  std::vector<RequestHead::Field> fields = {
      {"content-type", "application/json"}, {"x-api-key", "k1"}};
};

inline HttpResponse AnswerOf(RequestHandler& handler, const Ask& ask) {
  RequestHead head;
  head.method = ask.method;
  head.path = ask.path;
  head.query = ask.query;
  head.fields = ask.fields;
  head.has_body = !ask.body.empty();
  head.request_id = "r1";
  auto accepted = handler.Accept(head);
  if (auto* answer = std::get_if<HttpResponse>(&accepted)) return *answer;
  HttpResponse answer;
  answer.status = 0;
  auto& exchange = std::get<std::unique_ptr<Exchange>>(accepted);
  std::deque<absl::AnyInvocable<void()>> posted;
  exchange->Run(
      ask.body, [&](HttpResponse response) { answer = std::move(response); },
      [&](absl::AnyInvocable<void()> task) {
        posted.push_back(std::move(task));
      });
  while (!posted.empty()) {
    std::exchange(posted.front(), nullptr)();
    posted.pop_front();
  }
  answer.route = std::string(exchange->route());
  return answer;
}

// Answers everything with 299.
class NextHandler : public RequestHandler {
 public:
  std::variant<HttpResponse, std::unique_ptr<Exchange>> Accept(
      const RequestHead&) override {
    HttpResponse response;
    response.status = 299;
    return response;
  }
  HttpResponse AnswerError(const absl::Status&) const override { return {}; }
};

MATCHER_P2(HasHeader, name, value, "") {
  for (const auto& header : arg.headers) {
    if (header.first == name && header.second == value) return true;
  }
  return false;
}

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_TESTS_UNIT_GATEWAY_HANDLER_CLIENT_H_
