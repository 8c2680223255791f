#include "gateway/openapi/error_answers.h"

#include <boost/json/array.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/errors.h"
#include "gateway/openapi/parameters.h"
#include "google/rpc/error_details.pb.h"
#include "proto/rpc/entity_tag.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;

constexpr int kPreconditionFailed = 412;
constexpr int kUnsupportedMediaType = 415;

// The place in the document of the gateway's errors with one HTTP status.
enum class Place {
  // In each operation, beside the failures of its RPC.
  kOperation,
  // A component of their own, as no RPC fails with the status.
  kComponent,
  // The component "OtherError".
  kOther,
};

Place PlaceOf(int http_status) {
  switch (http_status) {
    case 403:
    case 408:
    case 413:
    case 414:
    case kUnsupportedMediaType:
    case 417:
    case 431:
      return Place::kComponent;
    case 404:
    case 405:
    case 501:
      return Place::kOther;
    default:
      return Place::kOperation;
  }
}

// Returns "BodyTooLarge" for BODY_TOO_LARGE.
std::string ComponentName(absl::string_view reason) {
  std::string name;
  for (const absl::string_view word : absl::StrSplit(reason, '_')) {
    absl::StrAppend(&name, word.substr(0, 1),
                    absl::AsciiStrToLower(word.substr(1)));
  }
  return name;
}

std::string TextOf(const GatewayError& error) {
  return absl::StrCat(absl::StatusCodeToString(error.code), ": ", error.text,
                      " (reason ", error.reason, ").");
}

json::object ResponseReference(absl::string_view component) {
  return {{"$ref", absl::StrCat("#/components/responses/", component)}};
}

// The causes of each HTTP status.
using Texts = std::map<int, std::vector<std::string>>;

int HttpStatusOf(absl::StatusCode code, absl::string_view text) {
  if (code == absl::StatusCode::kAborted &&
      absl::StrContains(text, kEtagMismatch)) {
    return kPreconditionFailed;
  }
  return HttpStatusOfServerError(absl::Status(code, ""));
}

Texts TextsOf(const Route& route) {
  Texts texts;
  for (const auto& [code, text] : Meanings::FailuresOf(route.binding.method)) {
    texts[HttpStatusOf(code, text)].push_back(
        absl::StrCat(absl::StatusCodeToString(code), ": ", text));
  }
  for (const GatewayError& error : GatewayErrors()) {
    const int http_status = error.http_status;
    if (error.text.empty() || PlaceOf(http_status) != Place::kOperation ||
        http_status == kPreconditionFailed) {
      continue;
    }
    texts[http_status].push_back(TextOf(error));
  }
  return texts;
}

json::object Header(absl::string_view text, json::object schema) {
  return {{"description", std::string(text)}, {"schema", std::move(schema)}};
}

// Returns the schema of one error detail, selected by its "@type".
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
        {"description", "A text for people. Programs use the `reason`."}}},
      {"details",
       {{"type", "array"}, {"items", {{"anyOf", std::move(details)}}}}}};
  return {{"type", "object"},
          {"description", "The form of every error."},
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
       Header(
           "The x-request-id of the request, or a new one if the request has "
           "none. The logs of both processes have it.",
           text)},
      {"Link",
       Header("The address of the next page, with rel=\"next\" (RFC 8288). "
              "Absent on the last page.",
              text)},
      {"Idempotent-Replayed",
       Header("`true` if this repeats the response to an earlier request with "
              "the same Idempotency-Key; nothing was performed again.",
              text)},
      {"WWW-Authenticate",
       Header("The way to authenticate: a key in the header x-api-key, for "
              "which HTTP has no registered scheme.",
              text)},
      {"Retry-After", Header("The number of seconds after which to try again.",
                             {{"type", "integer"}, {"minimum", 1}})},
      {"RateLimit-Limit",
       Header("The number of calls that the project may make in a second. The "
              "three RateLimit headers are absent if it has no limit.",
              {{"type", "integer"}, {"minimum", 1}})},
      {"RateLimit-Remaining",
       Header("The number of these calls that are left.", count)},
      {"RateLimit-Reset",
       Header("The number of seconds after which all of them are available "
              "again.",
              count)}};
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

json::object ErrorResponseObject(absl::string_view text, int http_status) {
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
  std::string others = "Another error, in the same form.";
  for (const GatewayError& error : GatewayErrors()) {
    if (error.text.empty()) continue;
    const Place place = PlaceOf(error.http_status);
    if (place == Place::kComponent) {
      components[ComponentName(error.reason)] =
          ErrorResponseObject(TextOf(error), error.http_status);
    } else if (place == Place::kOther) {
      absl::StrAppend(&others, "\n\n", error.http_status, " ", TextOf(error));
    }
  }
  components[std::string(kOtherError)] = ErrorResponseObject(others, 0);
  return components;
}

void AddErrors(const Route& route, json::object& responses) {
  std::map<int, json::object> errors;
  for (const auto& [http_status, texts] : TextsOf(route)) {
    errors[http_status] =
        ErrorResponseObject(absl::StrJoin(texts, "\n\n"), http_status);
  }
  for (const GatewayError& error : GatewayErrors()) {
    const int http_status = error.http_status;
    if (http_status == kPreconditionFailed && IsConditional(route)) {
      errors[http_status] = ErrorResponseObject(TextOf(error), http_status);
    }
    if (PlaceOf(http_status) != Place::kComponent ||
        (http_status == kUnsupportedMediaType && !route.binding.has_body)) {
      continue;
    }
    errors[http_status] = ResponseReference(ComponentName(error.reason));
  }
  for (auto& [http_status, error] : errors) {
    responses[absl::StrCat(http_status)] = std::move(error);
  }
  responses["default"] = ResponseReference(kOtherError);
}

}  // namespace webhooks::gateway
