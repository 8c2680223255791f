#include "gateway/api_handler.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "gateway/call_exchange.h"
#include "gateway/call_headers.h"
#include "gateway/conditions.h"
#include "gateway/content.h"
#include "gateway/errors.h"
#include "gateway/header_fields.h"
#include "gateway/http/grammar.h"
#include "gateway/responses.h"
#include "server/runtime/metadata.h"

namespace webhooks::gateway {
namespace {

HttpResponse Refusal(const Binding& binding, HttpResponse response) {
  response.route = binding.path_template;
  return response;
}

HttpResponse Refusal(const Binding& binding, const absl::Status& status) {
  return Refusal(binding, ErrorResponse(status));
}

// Returns true if a browser marks the request as made by a page of another
// site.
bool IsCrossSite(const RequestHead& head) {
  return absl::c_any_of(head.Values("sec-fetch-site"),
                        [](absl::string_view site) {
                          return site != "same-origin" && site != "none";
                        });
}

// Returns the error that the server would return for the key, before the body
// takes memory.
absl::Status CheckKey(const RequestHead& head) {
  const auto keys = head.Values(kApiKeyMetadata);
  if (keys.empty() && !head.client_certificate.empty()) {
    // A browser shows its certificate for requests of any page.
    if (!IsCrossSite(head)) return absl::OkStatus();
    return CrossSiteRequest();
  }
  if (keys.size() == 1 && !keys[0].empty()) return absl::OkStatus();
  return ApiKeyMissing();
}

// Returns the answer to `OPTIONS *` (RFC 9110, 9.3.7).
HttpResponse AnswerOfAllPaths() {
  return UnboundResponse("OPTIONS", {std::begin(kMethods), std::end(kMethods)});
}

}  // namespace

ApiHandler::ApiHandler(const Router& router, Backend& backend,
                       const google::protobuf::MethodDescriptor& key_check,
                       const Options& options)
    : router_(router),
      backend_(backend),
      options_(options),
      key_check_(key_check),
      known_keys_(std::make_shared<KnownKeys>()) {}

std::variant<HttpResponse, std::unique_ptr<Exchange>> ApiHandler::Accept(
    const RequestHead& head) {
  if (head.path == "*") return AnswerOfAllPaths();
  absl::StatusOr<Router::Match> match = router_.Find(head.method, head.path);
  if (!match.ok()) return ErrorResponse(match.status());
  if (match->binding == nullptr) {
    return UnboundResponse(head.method, match->allowed);
  }
  const Binding& binding = *match->binding;
  if (absl::Status status = CheckKey(head); !status.ok()) {
    return Refusal(binding, status);
  }
  // Without has_body, a body of any type is a violation, reported with others.
  std::optional<HttpResponse> unless_empty;
  if (binding.has_body) {
    std::optional<HttpResponse> refusal = RefuseContent(head);
    if (refusal && !MustBeEmpty(head)) {
      return Refusal(binding, *std::move(refusal));
    }
    unless_empty = std::move(refusal);
  }
  absl::StatusOr<CallHeaders> headers =
      ReadCallHeaders(head, options_.call_timeout, options_.accepts_project);
  if (!headers.ok()) return Refusal(binding, headers.status());
  if (absl::Status status = CheckSize(*headers); !status.ok()) {
    return Refusal(binding, status);
  }
  absl::StatusOr<std::vector<PathValue>> values =
      ReadHeaderFields(binding, head);
  if (!values.ok()) return Refusal(binding, values.status());
  if (absl::Status status = CheckConditions(head, binding); !status.ok()) {
    return Refusal(binding, status);
  }
  std::move(match->path_values.begin(), match->path_values.end(),
            std::back_inserter(*values));
  return std::make_unique<CallExchange>(
      backend_, key_check_, known_keys_,
      BoundRequest{.binding = binding,
                   .values = *std::move(values),
                   .path = std::string(head.path),
                   .query = std::string(head.query),
                   .conditions = ReadConditions(head, binding),
                   .headers = *std::move(headers),
                   .unless_empty = std::move(unless_empty)});
}

HttpResponse ApiHandler::AnswerError(const absl::Status& status) const {
  return ErrorResponse(status);
}

}  // namespace webhooks::gateway
