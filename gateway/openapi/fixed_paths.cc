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

// Adds the ETag of the answer of an operation, and the condition for it.
json::object Cacheable(json::object operation) {
  const json::object etag{
      {"description", "The entity tag of the content (RFC 9110)."},
      {"schema", {{"type", "string"}}}};
  operation["parameters"] = json::array{
      json::object{{"$ref", "#/components/parameters/If-None-Match"}}};
  json::object& responses = operation["responses"].as_object();
  responses["200"].at("headers").as_object()["ETag"] = etag;
  responses["304"] = json::object{{"description", "The content is the same."},
                                  {"headers", {{"ETag", etag}}}};
  return operation;
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
      Fixed("Gateway_Ready", "Checks that calls can be served",
            "The gateway reaches the server, and the server is serving.", Ok());
  ready["responses"].as_object()["503"] = ErrorResponseObject(
      "The server does not respond or is not serving (reason "
      "SERVER_UNREACHABLE, SERVER_NOT_SERVING).",
      kUnavailable, examples);
  paths["/healthz"] = json::object{
      {"get", Fixed("Gateway_Health", "Checks that the gateway runs",
                    "The gateway runs.", Ok())}};
  paths["/readyz"] = json::object{{"get", std::move(ready)}};
  paths["/openapi.json"] = json::object{
      {"get", Cacheable(Fixed("Gateway_OpenApi", "Returns this document",
                              "OpenAPI 3.1.", Json({{"type", "object"}})))}};
  paths["/descriptors.binpb"] = json::object{
      {"get", Cacheable(Fixed(
                  "Gateway_Descriptors", "Returns the protos for gRPC clients",
                  "A `google.protobuf.FileDescriptorSet` of the protos with "
                  "their comments, and of all files that they import.",
                  {{"application/protobuf", json::object()}}))}};
}

}  // namespace webhooks::gateway
