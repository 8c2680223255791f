#include "gateway/openapi/document.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <utility>

#include "gateway/openapi/answer_headers.h"
#include "gateway/openapi/descriptors.h"
#include "gateway/openapi/error_answers.h"
#include "gateway/openapi/error_examples.h"
#include "gateway/openapi/fixed_paths.h"
#include "gateway/openapi/operations.h"
#include "gateway/openapi/parameters.h"
#include "gateway/openapi/receivers.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;
using google::protobuf::Descriptor;
using google::protobuf::ServiceDescriptor;
using Services = std::vector<const ServiceDescriptor*>;

constexpr char kDescription[] =
    R"(Register endpoints, publish events, and see what became of their deliveries.

- To receive deliveries, read [Receiving deliveries](docs/receiving.html). *Webhooks*, at the end, describes the requests.
- JSON is strict: UTF-8, no key twice, no unknown key. Keys are as below; camelCase is read too. 64-bit integers are strings.
- Every failure has one form and a stable `reason`, and lists up to 100 violations of a request: first those of its form (unknown keys, types, missing keys), then those of its meaning. After 429 and 503, wait for `Retry-After` seconds before the next try.
- Every answer, also of a failure, has a header `x-request-id`, by which the operator finds the request in the logs.
- `HEAD` is answered like `GET` without the body, and `OPTIONS` with the methods of a path.
- For gRPC, [descriptors.binpb](descriptors.binpb) has the protos of the service and all that they import.
)";

json::object Info() {
  return {{"title", "Webhooks"},
          {"version", WEBHOOKS_VERSION},
          {"description", kDescription},
          {"license", {{"name", "Apache 2.0"}, {"identifier", "Apache-2.0"}}}};
}

json::object SecuritySchemes() {
  return {{"ApiKey",
           {{"type", "apiKey"},
            {"in", "header"},
            {"name", "x-api-key"},
            {"description",
             "The key of a project, on which the call works; or the key of "
             "the administrators, with the project in `x-project`."}}},
          {"Certificate",
           {{"type", "mutualTLS"},
            {"description",
             "In place of a key, where the gateway asks for certificates: one "
             "whose name an administrator has bound to the project."}}}};
}

json::array Tags(const Services& services, const Meanings& meanings) {
  json::array tags;
  for (const ServiceDescriptor* service : services) {
    json::object tag{{"name", TagOf(*service)}};
    const std::string text = meanings.Of(*service);
    if (!text.empty()) tag["description"] = text;
    tags.push_back(std::move(tag));
  }
  tags.push_back(json::object{
      {"name", std::string(kGatewayTag)},
      {"description", "Paths that the gateway serves by itself."}});
  return tags;
}

Services InOrder(Services services) {
  const auto position = [](const ServiceDescriptor* service) {
    const auto& options = service->options();
    return options.HasExtension(v1::position)
               ? options.GetExtension(v1::position)
               : std::numeric_limits<std::int32_t>::max();
  };
  std::stable_sort(
      services.begin(), services.end(),
      [&](const auto* a, const auto* b) { return position(a) < position(b); });
  return services;
}

// Returns all routes, in the order of services, methods and bindings.
absl::StatusOr<std::vector<std::vector<Route>>> RoutesOf(
    const Services& services) {
  std::vector<std::vector<Route>> routes;
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      auto of_method = ReadHttpRules(service->method(i));
      if (!of_method.ok()) return of_method.status();
      routes.push_back(*std::move(of_method));
    }
  }
  return routes;
}

Types TypesOfAnswers(const std::vector<std::vector<Route>>& routes,
                     const std::vector<const Descriptor*>& posted) {
  Types types;
  for (const auto& of_method : routes) {
    for (const Route& route : of_method) {
      AddWithin(route.binding.method->output_type(), types);
    }
  }
  for (const Descriptor* message : posted) AddWithin(message, types);
  return types;
}

json::object Paths(const std::vector<std::vector<Route>>& routes,
                   const Meanings& meanings, Schemas& schemas,
                   const ErrorExamples& examples, std::size_t body_bytes) {
  json::object paths;
  for (const auto& of_method : routes) {
    for (std::size_t i = 0; i < of_method.size(); ++i) {
      const std::string method = MethodOf(of_method[i]);
      if (method.empty()) continue;
      json::value& item = paths[PathOf(of_method[i]).text];
      if (item.is_null()) item.emplace_object();
      item.get_object()[method] =
          Operation(meanings, schemas, examples, of_method[i], i, body_bytes);
    }
  }
  AddFixedPaths(examples, paths);
  return paths;
}

json::object Receivers(const std::vector<const Descriptor*>& posted,
                       const Meanings& meanings, Schemas& schemas) {
  json::object receivers;
  for (const Descriptor* message : posted) {
    receivers[message->options().GetExtension(v1::posted).name()] =
        Receiver(meanings, schemas, *message);
  }
  return receivers;
}

json::object Components(const Services& services, const ErrorExamples& examples,
                        Schemas& schemas) {
  json::object error = ErrorSchema(schemas);
  json::object all = schemas.TakeComponents();
  all["Error"] = std::move(error);
  return {{"securitySchemes", SecuritySchemes()},
          {"schemas", std::move(all)},
          {"responses", ErrorComponents(services, examples)},
          {"examples", examples.Components()},
          {"parameters", ParameterComponents()},
          {"headers", HeaderComponents()}};
}

}  // namespace

absl::StatusOr<std::string> OpenApiDocument(const Services& unordered,
                                            const Comments& comments,
                                            std::size_t body_bytes) {
  const Services services = InOrder(unordered);
  const auto routes = RoutesOf(services);
  if (!routes.ok()) return routes.status();
  const auto posted = PostedMessages(comments);
  const Meanings meanings(comments);
  const ErrorExamples examples(comments, body_bytes);
  Schemas schemas(meanings, TypesOfAnswers(*routes, posted));
  json::object document{
      {"openapi", "3.1.0"},
      {"info", Info()},
      {"servers", json::array{json::object{{"url", "/"}}}},
      {"security", json::array{json::object{{"ApiKey", json::array()}},
                               json::object{{"Certificate", json::array()}}}},
      {"tags", Tags(services, meanings)}};
  document["paths"] = Paths(*routes, meanings, schemas, examples, body_bytes);
  document["webhooks"] = Receivers(posted, meanings, schemas);
  document["components"] = Components(services, examples, schemas);
  return json::serialize(document);
}

absl::StatusOr<std::string> OpenApiDocument(const Services& services,
                                            std::size_t body_bytes) {
  const auto comments = Comments::Read(EmbeddedDescriptors());
  if (!comments.ok()) return comments.status();
  return OpenApiDocument(services, *comments, body_bytes);
}

}  // namespace webhooks::gateway
