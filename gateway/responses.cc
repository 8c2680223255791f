#include "gateway/responses.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/errors.h"
#include "gateway/http/grammar.h"
#include "gateway/transcoding/error_body.h"
#include "google/rpc/error_details.pb.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

// Returns whole seconds, at least one: an immediate retry would fail again.
std::int64_t RetryAfter(const absl::Status& status) {
  google::rpc::RetryInfo info;
  const auto payload =
      status.GetPayload("type.googleapis.com/google.rpc.RetryInfo");
  if (!payload || !info.ParseFromString(std::string(*payload))) return 1;
  const auto& delay = info.retry_delay();
  return std::max<std::int64_t>(delay.seconds() + (delay.nanos() > 0), 1);
}

HttpResponse MakeResponse(const absl::Status& status, int http_status) {
  HttpResponse response;
  response.status = http_status;
  response.body = ErrorBody(status, http_status);
  response.reason = Reason(status);
  if (http_status == 429 || http_status == 503) {
    response.headers.emplace_back("Retry-After",
                                  absl::StrCat(RetryAfter(status)));
  }
  if (http_status == 401) {
    response.headers.emplace_back("WWW-Authenticate",
                                  "ApiKey realm=\"webhooks\"");
  }
  return response;
}

}  // namespace

HttpResponse ErrorResponse(const absl::Status& status) {
  return MakeResponse(status, HttpStatus(status));
}

HttpResponse ServerErrorResponse(const absl::Status& status) {
  return MakeResponse(status, HttpStatusOfServerError(status));
}

HttpResponse UnboundResponse(absl::string_view method,
                             const std::vector<std::string>& allowed) {
  if (!IsKnownMethod(method)) return ErrorResponse(MethodUnknown(kMethods));
  if (allowed.empty()) return ErrorResponse(PathNotFound());
  HttpResponse response;
  response.status = 204;
  if (method != "OPTIONS") response = ErrorResponse(MethodNotAllowed());
  response.headers.emplace_back("Allow", absl::StrJoin(allowed, ", "));
  if (absl::c_linear_search(allowed, "PATCH")) AddAcceptPatch(response);
  return response;
}

void AddAcceptPatch(HttpResponse& response) {
  response.headers.emplace_back(
      "Accept-Patch", "application/merge-patch+json, application/json");
}

}  // namespace webhooks::gateway
