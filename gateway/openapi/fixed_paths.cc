#include "gateway/openapi/fixed_paths.h"

#include <boost/json/array.hpp>
#include <string>
#include <utility>

#include "gateway/openapi/answer_headers.h"
#include "gateway/openapi/error_answers.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;

// Returns an operation whose success has `content`, by media type.
json::object Fixed(absl::string_view id, absl::string_view summary,
                   absl::string_view success, json::object content) {
  return {{"operationId", std::string(id)},
          {"tags", json::array{std::string(kGatewayTag)}},
          {"summary", std::string(summary)},
          {"security", json::array()},
          {"responses",
           {{"200",
             {{"description", std::string(success)},
              {"headers", {{"x-request-id", HeaderReference("x-request-id")}}},
              {"content", std::move(content)}}},
            {"4XX", {{"$ref", "#/components/responses/OtherError"}}},
            {"default", {{"$ref", "#/components/responses/OtherError"}}}}}};
}

json::object Json(json::object schema) {
  return {{"application/json", {{"schema", std::move(schema)}}}};
}

json::object Ok() {
  return Json(
      {{"type", "object"},
       {"required", json::array{"status"}},
       {"properties", {{"status", {{"type", "string"}, {"const", "ok"}}}}}});
}

}  // namespace

void AddFixedPaths(const ErrorExamples& examples, json::object& paths) {
  constexpr int kUnavailable = 503;
  json::object ready =
      Fixed("Gateway_Ready", "Checks that requests can be served now",
            "The gateway reaches the server, and the server serves.", Ok());
  ready["responses"].as_object()["503"] = ErrorAnswerObject(
      "The server does not answer or does not serve (reason "
      "SERVER_UNREACHABLE, SERVER_NOT_SERVING).",
      kUnavailable, examples);
  paths["/healthz"] = json::object{
      {"get", Fixed("Gateway_Health", "Checks that the gateway runs",
                    "It runs.", Ok())}};
  paths["/readyz"] = json::object{{"get", std::move(ready)}};
  paths["/openapi.json"] = json::object{
      {"get", Fixed("Gateway_OpenApi", "Returns this document", "OpenAPI 3.1.",
                    Json({{"type", "object"}}))}};
}

}  // namespace webhooks::gateway
