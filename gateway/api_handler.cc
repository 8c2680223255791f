#include "gateway/api_handler.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/answers.h"
#include "gateway/call_exchange.h"
#include "gateway/call_headers.h"
#include "gateway/conditions.h"
#include "gateway/content.h"
#include "gateway/header_fields.h"
#include "gateway/transcoding/error_body.h"
#include "proto/rpc/status.h"
#include "server/runtime/metadata.h"

namespace webhooks::gateway {
namespace {

HttpResponse Refusal(const Binding& binding, const absl::Status& status,
                     int http_status) {
  HttpResponse response = ErrorAnswer(status, http_status);
  response.route = binding.path_template;
  return response;
}

// What the server would say of such a call, before a body costs memory.
absl::Status CheckKey(const RequestHead& head) {
  const auto keys = head.Values(kApiKeyKey);
  if (keys.empty() && !head.client_certificate.empty()) return absl::OkStatus();
  if (keys.size() == 1 && !keys[0].empty()) return absl::OkStatus();
  return WithReason(
      absl::UnauthenticatedError("exactly one x-api-key is required"),
      "API_KEY_MISSING");
}

}  // namespace

ApiHandler::ApiHandler(const Router& router, Backend& backend,
                       absl::Duration call_timeout)
    : router_(router), backend_(backend), call_timeout_(call_timeout) {}

std::variant<HttpResponse, std::unique_ptr<Exchange>> ApiHandler::Accept(
    const RequestHead& head) {
  absl::StatusOr<Router::Match> match = router_.Find(head.method, head.path);
  if (!match.ok()) return ErrorAnswer(match.status());
  if (match->binding == nullptr) {
    return UnboundAnswer(head.method, match->allowed);
  }
  const Binding& binding = *match->binding;
  if (absl::Status status = CheckKey(head); !status.ok()) {
    return Refusal(binding, status, 401);
  }
  // Elsewhere a body of any type is a violation, found with the others.
  const bool must_be_empty = binding.has_body && MustBeEmpty(head);
  if (absl::Status status = CheckContent(head);
      binding.has_body && !must_be_empty && !status.ok()) {
    return Refusal(binding, status, 415);
  }
  absl::StatusOr<CallHeaders> headers = ReadCallHeaders(head, call_timeout_);
  if (!headers.ok()) return Refusal(binding, headers.status(), 400);
  if (absl::Status status = CheckSize(*headers); !status.ok()) {
    return Refusal(binding, status, 431);
  }
  absl::StatusOr<std::vector<PathValue>> values =
      ReadHeaderFields(binding, head);
  if (!values.ok()) return Refusal(binding, values.status(), 400);
  if (absl::Status status = CheckConditions(head, binding); !status.ok()) {
    return Refusal(binding, status, HttpStatus(status));
  }
  std::move(match->path_values.begin(), match->path_values.end(),
            std::back_inserter(*values));
  return std::make_unique<CallExchange>(
      backend_, known_keys_,
      BoundRequest{.binding = binding,
                   .values = *std::move(values),
                   .path = std::string(head.path),
                   .query = std::string(head.query),
                   .conditions = ReadConditions(head, binding),
                   .headers = *std::move(headers),
                   .must_be_empty = must_be_empty});
}

HttpResponse ApiHandler::AnswerError(const absl::Status& status,
                                     int http_status) const {
  return ErrorAnswer(status, http_status);
}

}  // namespace webhooks::gateway
