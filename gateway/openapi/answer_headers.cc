#include "gateway/openapi/answer_headers.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;

json::object Header(absl::string_view text, json::object schema) {
  return {{"description", std::string(text)}, {"schema", std::move(schema)}};
}

}  // namespace

json::object HeaderComponents() {
  const json::object text{{"type", "string"}};
  const json::object count{{"type", "integer"}, {"minimum", 0}};
  return {
      {"x-request-id",
       Header("The name of the request in the logs of the service: that of the "
              "request's own header, or a new one.",
              text)},
      {"Link",
       Header("The address of the next page, with `rel=\"next\"` (RFC 8288). "
              "Absent: this is the last page.",
              text)},
      {"Idempotent-Replayed",
       Header("`true`: this is the answer that the first request with the same "
              "Idempotency-Key got, and nothing was done.",
              text)},
      {"WWW-Authenticate",
       Header("The scheme `ApiKey`, which stands for the header x-api-key.",
              text)},
      {"Retry-After",
       Header("The number of seconds to wait before the next try.",
              {{"type", "integer"}, {"minimum", 1}})},
      {"RateLimit-Limit",
       Header("The number of calls a second that the project may make. Absent, "
              "like the next two: the project has no limit.",
              {{"type", "integer"}, {"minimum", 1}})},
      {"RateLimit-Remaining",
       Header("The number of calls that are left of them.", count)},
      {"RateLimit-Reset",
       Header("The number of seconds until all calls are available again.",
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

}  // namespace webhooks::gateway
