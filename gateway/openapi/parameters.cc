#include "gateway/openapi/parameters.h"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;
using google::protobuf::FieldDescriptor;

// Types may contain themselves; a deeper query is not documented.
constexpr std::size_t kMaxPathDepth = 4;

json::object Reference(absl::string_view component) {
  return {{"$ref", absl::StrCat("#/components/parameters/", component)}};
}

// Returns the schema of a field as text: a path, query or header has no null.
json::object Parameter(const Meanings& meanings, Schemas& schemas,
                       std::string name, absl::string_view place,
                       FieldPlan field) {
  field.nullable = false;
  json::object parameter{{"name", std::move(name)}, {"in", std::string(place)}};
  const Meaning meaning = meanings.Of(field.field);
  if (!meaning.text.empty()) parameter["description"] = meaning.text;
  if (field.field->options().deprecated()) parameter["deprecated"] = true;
  if (place == "path" || field.required_key) parameter["required"] = true;
  parameter["schema"] = schemas.OfValue(field, Direction::kRequest);
  return parameter;
}

// Encodes the characters that a path must not hold (RFC 3986, 3.3).
std::string Encoded(absl::string_view literal) {
  std::string encoded;
  for (const char c : literal) {
    if (absl::ascii_isalnum(c) ||
        absl::StrContains("-._~!$&'()*+,;=@", {&c, 1})) {
      encoded += c;
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

// Returns the variable that contains the segment `index` of the path.
DocumentedPath::Variable VariableAt(const Route& route, std::size_t index) {
  const auto& variables = route.path.variables;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (index < variables[i].begin || index >= variables[i].end) continue;
    std::string name = absl::StrJoin(variables[i].field, ".");
    if (variables[i].end - variables[i].begin > 1) {
      absl::StrAppend(&name, ".", index - variables[i].begin + 1);
    }
    return {std::move(name), &route.binding.path_fields[i]};
  }
  return {absl::StrCat("segment.", index + 1), nullptr};
}

// Visits the fields that a query may hold.
class QueryParameters {
 public:
  QueryParameters(const Meanings& meanings, Schemas& schemas,
                  const Binding& binding, json::array& parameters)
      : meanings_(meanings),
        schemas_(schemas),
        binding_(binding),
        parameters_(parameters) {}

  void Add(const MessagePlan& plan, const std::string& prefix) {
    for (const FieldPlan& field : plan.fields) {
      path_.push_back(field.field);
      if (IsInQuery(field)) AddField(field, absl::StrCat(prefix, field.name));
      path_.pop_back();
    }
  }

 private:
  bool IsInQuery(const FieldPlan& field) const {
    return !field.hidden && !field.raw_json && !field.field->is_map() &&
           path_[0] != binding_.body_field &&
           std::count(binding_.path_fields.begin(), binding_.path_fields.end(),
                      path_) == 0;
  }

  void AddField(const FieldPlan& field, std::string name) {
    if (HasTextForm(field.field)) {
      parameters_.push_back(
          Parameter(meanings_, schemas_, std::move(name), "query", field));
    } else if (field.message->form == JsonForm::kObject &&
               !field.field->is_repeated() && path_.size() < kMaxPathDepth) {
      Add(*field.message, absl::StrCat(name, "."));
    }
  }

  const Meanings& meanings_;
  Schemas& schemas_;
  const Binding& binding_;
  json::array& parameters_;
  FieldPath path_;
};

}  // namespace

bool IsConditional(const Route& route) {
  const auto& headers = route.binding.response_headers;
  return route.http_method == "GET" &&
         std::any_of(headers.begin(), headers.end(), [](const auto& header) {
           return header.header == "ETag";
         });
}

DocumentedPath PathOf(const Route& route) {
  DocumentedPath path;
  for (std::size_t i = 0; i < route.path.segments.size(); ++i) {
    const PathTemplate::Segment& segment = route.path.segments[i];
    if (segment.kind == PathTemplate::Kind::kLiteral) {
      absl::StrAppend(&path.text, "/", Encoded(segment.literal));
      continue;
    }
    path.variables.push_back(VariableAt(route, i));
    absl::StrAppend(&path.text, "/{", path.variables.back().name, "}");
  }
  if (!route.path.verb.empty()) {
    absl::StrAppend(&path.text, ":", Encoded(route.path.verb));
  }
  return path;
}

json::object HeaderParameter(const Meanings& meanings, Schemas& schemas,
                             const HeaderField& header) {
  const FieldDescriptor* field = header.field.back();
  return Parameter(meanings, schemas, header.header, "header",
                   PlanOf(field->containing_type()).Of(field));
}

json::array Parameters(const Meanings& meanings, Schemas& schemas,
                       const Route& route) {
  const Binding& binding = route.binding;
  json::array parameters;
  for (auto& [name, path] : PathOf(route).variables) {
    if (path == nullptr) {
      parameters.push_back(json::object{{"name", name},
                                        {"in", "path"},
                                        {"required", true},
                                        {"schema", {{"type", "string"}}}});
      continue;
    }
    const FieldDescriptor* field = path->back();
    parameters.push_back(Parameter(meanings, schemas, name, "path",
                                   PlanOf(field->containing_type()).Of(field)));
  }
  if (!binding.has_body || binding.body_field != nullptr) {
    QueryParameters(meanings, schemas, binding, parameters)
        .Add(PlanOf(binding.method->input_type()), "");
  }
  for (const HeaderField& header : binding.request_headers) {
    parameters.push_back(HeaderParameter(meanings, schemas, header));
  }
  if (IsConditional(route)) {
    parameters.push_back(Reference("If-Match"));
    parameters.push_back(Reference("If-None-Match"));
  }
  parameters.push_back(Reference("x-project"));
  parameters.push_back(Reference("x-request-id"));
  parameters.push_back(Reference("grpc-timeout"));
  return parameters;
}

json::object ParameterComponents() {
  const auto header = [](absl::string_view name, absl::string_view text,
                         json::object schema) {
    return json::object{{"name", std::string(name)},
                        {"in", "header"},
                        {"description", std::string(text)},
                        {"schema", std::move(schema)}};
  };
  return {
      {"x-project",
       header("x-project",
              "Only with the key of the administrators: the id of the project "
              "that the call works on.",
              {{"type", "string"}, {"format", "uuid"}})},
      {"x-request-id",
       header(
           "x-request-id",
           "The id of the request in the logs of the service. The service "
           "makes one if it is absent.",
           {{"type", "string"}, {"pattern", "^[!-~]+$"}, {"maxLength", 128}})},
      {"grpc-timeout",
       header("grpc-timeout",
              "The time limit of the call: a number that is not 0, and a unit: "
              "H, M, S, m, u or n for hours, minutes, seconds, milliseconds, "
              "microseconds or nanoseconds. At most a minute. Default: the "
              "operator's setting, 15 seconds unless changed.",
              {{"type", "string"},
               {"pattern", "^(?=[0-9]*[1-9])[0-9]{1,8}[HMSmun]$"}})},
      {"If-Match",
       header("If-Match",
              "Perform the call only if the ETag of the resource is this; else "
              "the response is 412.",
              {{"type", "string"}})},
      {"If-None-Match",
       header(
           "If-None-Match",
           "Respond with 304 and no body if the ETag of the resource is this.",
           {{"type", "string"}})}};
}

}  // namespace webhooks::gateway
