#include "gateway/openapi/fixed_paths.h"

#include <boost/json/array.hpp>

#include "gateway/openapi/error_answers.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;

json::object Fixed(absl::string_view id, absl::string_view summary,
                   absl::string_view success, json::object schema) {
  return {{"operationId", std::string(id)},
          {"tags", json::array{std::string(kGatewayTag)}},
          {"summary", std::string(summary)},
          {"security", json::array()},
          {"responses",
           {{"200",
             {{"description", std::string(success)},
              {"headers", {{"x-request-id", HeaderReference("x-request-id")}}},
              {"content",
               {{"application/json", {{"schema", std::move(schema)}}}}}}},
            {"4XX", {{"$ref", "#/components/responses/OtherError"}}},
            {"default", {{"$ref", "#/components/responses/OtherError"}}}}}};
}

json::object Ok() {
  return {{"type", "object"},
          {"required", json::array{"status"}},
          {"properties", {{"status", {{"type", "string"}, {"const", "ok"}}}}}};
}

}  // namespace

void AddFixedPaths(json::object& paths) {
  constexpr int kUnavailable = 503;
  json::object ready =
      Fixed("Gateway_Ready", "Check that calls can be served",
            "The gateway reaches the server, and the server is serving.", Ok());
  ready["responses"].as_object()["503"] = ErrorResponseObject(
      "The server does not respond or is not serving (reason "
      "SERVER_UNREACHABLE, SERVER_NOT_SERVING).",
      kUnavailable);
  paths["/healthz"] = json::object{
      {"get", Fixed("Gateway_Health", "Check that the gateway runs",
                    "The gateway runs.", Ok())}};
  paths["/readyz"] = json::object{{"get", std::move(ready)}};
  paths["/openapi.json"] =
      json::object{{"get", Fixed("Gateway_OpenApi", "This document",
                                 "OpenAPI 3.1.", {{"type", "object"}})}};
}

}  // namespace webhooks::gateway
