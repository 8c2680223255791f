#include "gateway/openapi/errors.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/openapi/parameters.h"
#include "gateway/transcoding/error_body.h"
#include "google/rpc/error_details.pb.h"
#include "proto/rpc/entity_tag.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;

constexpr int kPreconditionFailed = 412;

// An error that the gateway itself answers a call with, beside those of its
// RPC.
struct GatewayError {
  int http_status;
  absl::string_view component;  // "": it is told with the RPC's
  absl::string_view text;
};

constexpr GatewayError kGatewayErrors[] = {
    {400, "",
     "INVALID_ARGUMENT: the request cannot be read; `google.rpc.BadRequest` "
     "lists all that is wrong with it (reason INVALID_REQUEST, MALFORMED_JSON, "
     "MALFORMED_PATH, INVALID_HEADER, MALFORMED_REQUEST)."},
    {401, "",
     "UNAUTHENTICATED: there is not exactly one x-api-key (reason "
     "API_KEY_MISSING)."},
    {403, "CrossSiteRequest",
     "A page of another site has no x-api-key, but the certificate of its "
     "browser (reason CROSS_SITE_REQUEST)."},
    {408, "RequestTimeout",
     "The request did not arrive in time (reason REQUEST_TIMEOUT)."},
    {413, "BodyTooLarge",
     "The body is larger than it may be (reason BODY_TOO_LARGE)."},
    {414, "TargetTooLong",
     "The request line is longer than it may be (reason TARGET_TOO_LONG)."},
    {417, "UnsupportedExpectation",
     "Expect holds anything but 100-continue (reason "
     "UNSUPPORTED_EXPECTATION)."},
    {431, "HeadersTooLarge",
     "The headers are larger than they may be (reason HEADERS_TOO_LARGE)."},
    {500, "", "INTERNAL: a fault of the gateway (reason GATEWAY_FAILURE)."},
    {503, "",
     "UNAVAILABLE: the gateway cannot reach the server, or is over its limits "
     "(reason SERVER_UNREACHABLE, TOO_MANY_CONNECTIONS, "
     "TOO_MANY_BYTES_BUFFERED), or a server that stops ended the call, which "
     "may have been performed (reason CALL_INTERRUPTED)."},
};
constexpr GatewayError kBodyError = {
    415, "UnsupportedMediaType",
    "The body is no application/json, or is encoded (reason "
    "UNSUPPORTED_MEDIA_TYPE); of a PATCH, Accept-Patch says what it may be."};
constexpr GatewayError kOtherError = {
    0, "OtherError",
    "Another failure, in the same shape: 404 for a path that is not known "
    "(reason PATH_NOT_FOUND), 405 with Allow for a method that the path does "
    "not have (METHOD_NOT_ALLOWED), 501 for a method or transfer coding that "
    "no "
    "path has (METHOD_UNKNOWN, TRANSFER_CODING_UNKNOWN) and from a server that "
    "is older than the gateway."};

json::object ResponseReference(absl::string_view component) {
  return {{"$ref", absl::StrCat("#/components/responses/", component)}};
}

// By HTTP status, what leads to it.
using Texts = std::map<int, std::vector<std::string>>;

int HttpStatusOf(absl::StatusCode code, absl::string_view text) {
  if (code == absl::StatusCode::kAborted &&
      absl::StrContains(text, kEtagMismatch)) {
    return kPreconditionFailed;
  }
  return HttpStatus(absl::Status(code, ""));
}

Texts TextsOf(const Binding& binding) {
  Texts texts;
  for (const auto& [code, text] : Meanings::FailuresOf(binding.method)) {
    texts[HttpStatusOf(code, text)].push_back(
        absl::StrCat(absl::StatusCodeToString(code), ": ", text));
  }
  for (const GatewayError& error : kGatewayErrors) {
    if (error.component.empty()) {
      texts[error.http_status].emplace_back(error.text);
    }
  }
  return texts;
}

json::object Header(absl::string_view text, json::object schema) {
  return {{"description", std::string(text)}, {"schema", std::move(schema)}};
}

// One detail of an error, told by its type.
json::object Detail(const google::protobuf::Descriptor* type,
                    Schemas& schemas) {
  json::object tagged{{"type", "object"},
                      {"required", json::array{"@type"}},
                      {"properties",
                       {{"@type",
                         {{"type", "string"},
                          {"const", absl::StrCat("type.googleapis.com/",
                                                 type->full_name())}}}}}};
  return {{"allOf",
           json::array{std::move(tagged),
                       schemas.OfMessage(PlanOf(type), Direction::kDetail)}}};
}

}  // namespace

json::object ErrorSchema(Schemas& schemas) {
  json::array details{Detail(google::rpc::BadRequest::descriptor(), schemas),
                      Detail(google::rpc::ErrorInfo::descriptor(), schemas),
                      Detail(google::rpc::RetryInfo::descriptor(), schemas)};
  json::object properties{
      {"code", {{"type", "integer"}, {"description", "The HTTP status."}}},
      {"status",
       {{"type", "string"},
        {"pattern", "^[A-Z_]+$"},
        {"description", "The name of the gRPC code."}}},
      {"message",
       {{"type", "string"},
        {"description", "For people; programs go by `reason`."}}},
      {"details",
       {{"type", "array"}, {"items", {{"anyOf", std::move(details)}}}}}};
  return {{"type", "object"},
          {"description", "The one shape of every failure."},
          {"required", json::array{"error"}},
          {"properties",
           {{"error",
             {{"type", "object"},
              {"required", json::array{"code", "status", "message", "details"}},
              {"properties", std::move(properties)}}}}}};
}

json::object HeaderComponents() {
  const json::object text{{"type", "string"}};
  const json::object count{{"type", "integer"}, {"minimum", 0}};
  return {
      {"x-request-id",
       Header("The request's own x-request-id, or a new one; logs have it.",
              text)},
      {"Link",
       Header("Where another page follows: its address, with rel=\"next\" "
              "(RFC 8288).",
              text)},
      {"Idempotent-Replayed",
       Header("`true`: this is the answer that the first request with the same "
              "Idempotency-Key got, and nothing was done.",
              text)},
      {"WWW-Authenticate",
       Header("How to authenticate: by x-api-key, for which there is no scheme "
              "of its own.",
              text)},
      {"Retry-After", Header("After how many seconds to try again.",
                             {{"type", "integer"}, {"minimum", 1}})},
      {"RateLimit-Limit",
       Header("How many calls a second the project may make. This and the next "
              "two only where it has a limit.",
              {{"type", "integer"}, {"minimum", 1}})},
      {"RateLimit-Remaining", Header("How many of them are left.", count)},
      {"RateLimit-Reset",
       Header("In how many seconds all of them are there again.", count)}};
}

json::object HeaderReference(absl::string_view name) {
  return {{"$ref", absl::StrCat("#/components/headers/", name)}};
}

void AddRateHeaders(json::object& headers) {
  for (const char* name :
       {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}) {
    headers[name] = HeaderReference(name);
  }
}

json::object ErrorAnswerObject(absl::string_view text, int http_status) {
  json::object headers{{"x-request-id", HeaderReference("x-request-id")}};
  if (http_status == 429 || http_status == 503) {
    headers["Retry-After"] = HeaderReference("Retry-After");
  }
  if (http_status == 429) AddRateHeaders(headers);
  if (http_status == 401) {
    headers["WWW-Authenticate"] = HeaderReference("WWW-Authenticate");
  }
  return {{"description", std::string(text)},
          {"headers", std::move(headers)},
          {"content",
           {{"application/json",
             {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}}}};
}

json::object ErrorComponents() {
  json::object components;
  const auto add = [&](const GatewayError& error) {
    if (error.component.empty()) return;
    components[std::string(error.component)] =
        ErrorAnswerObject(error.text, error.http_status);
  };
  std::for_each(std::begin(kGatewayErrors), std::end(kGatewayErrors), add);
  add(kBodyError);
  add(kOtherError);
  return components;
}

void AddErrors(const Route& route, json::object& responses) {
  const Binding& binding = route.binding;
  std::map<int, json::object> errors;
  for (const auto& [http_status, texts] : TextsOf(binding)) {
    errors[http_status] =
        ErrorAnswerObject(absl::StrJoin(texts, "\n\n"), http_status);
  }
  if (IsConditional(route)) {
    errors[kPreconditionFailed] = ErrorAnswerObject(
        "ABORTED: If-Match does not hold the ETag (reason ETAG_MISMATCH).",
        kPreconditionFailed);
  }
  for (const GatewayError& error : kGatewayErrors) {
    if (error.component.empty()) continue;
    errors[error.http_status] = ResponseReference(error.component);
  }
  if (binding.has_body) {
    errors[kBodyError.http_status] = ResponseReference(kBodyError.component);
  }
  for (auto& [http_status, error] : errors) {
    responses[absl::StrCat(http_status)] = std::move(error);
  }
  responses["default"] = ResponseReference(kOtherError.component);
}

}  // namespace webhooks::gateway
