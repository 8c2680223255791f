#include "gateway/transcoding/http_rule.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/message_plan.h"
#include "gateway/transcoding/type_check.h"
#include "google/api/annotations.pb.h"
#include "webhooks/v1/options.pb.h"

namespace webhooks::gateway {
namespace {

using google::api::HttpRule;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(what);
}

// Returns the method and template of a rule; both are empty if it has none.
std::pair<std::string, std::string> Pattern(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet:
      return {"GET", rule.get()};
    case HttpRule::kPut:
      return {"PUT", rule.put()};
    case HttpRule::kPost:
      return {"POST", rule.post()};
    case HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

absl::StatusOr<FieldPath> ResolvePathField(
    const Descriptor* request, const std::vector<std::string>& names) {
  FieldPath path;
  const Descriptor* type = request;
  for (const std::string& name : names) {
    const FieldDescriptor* field =
        type == nullptr ? nullptr : type->FindFieldByName(name);
    if (field == nullptr || field->is_repeated()) {
      return Wrong(absl::StrCat("the path's ", absl::StrJoin(names, "."),
                                " is not a singular field of ",
                                request->full_name()));
    }
    path.push_back(field);
    type = field->message_type();
  }
  const FieldPlan& plan =
      PlanOf(path.back()->containing_type()).Of(path.back());
  if (!HasTextForm(path.back()) || plan.hidden || plan.raw_json) {
    return Wrong(absl::StrCat("the path's ", absl::StrJoin(names, "."),
                              " cannot stand in a path"));
  }
  return path;
}

absl::Status ReadPathFields(Route& route) {
  Binding& binding = route.binding;
  for (const auto& variable : route.path.variables) {
    auto path = ResolvePathField(binding.method->input_type(), variable.field);
    if (!path.ok()) return path.status();
    for (const FieldPath& other : binding.path_fields) {
      if (other == *path) return Wrong("two variables fill the same field");
    }
    binding.path_fields.push_back(*std::move(path));
  }
  return absl::OkStatus();
}

// Returns the field that body or response_body names; null for "" and "*".
absl::StatusOr<const FieldDescriptor*> BodyField(const Descriptor* type,
                                                 const std::string& name) {
  if (name.empty() || name == "*") return nullptr;
  const FieldDescriptor* field = type->FindFieldByName(name);
  if (field != nullptr) return field;
  return Wrong(absl::StrCat("the body's ", name, " is not a field of ",
                            type->full_name()));
}

absl::Status ReadBodies(const HttpRule& rule, Binding& binding) {
  binding.has_body = !rule.body().empty();
  auto body = BodyField(binding.method->input_type(), rule.body());
  if (!body.ok()) return body.status();
  binding.body_field = *body;
  auto response =
      BodyField(binding.method->output_type(), rule.response_body());
  if (!response.ok()) return response.status();
  binding.response_field = *response;
  const FieldPath body_path = {binding.body_field};
  if (std::count(binding.path_fields.begin(), binding.path_fields.end(),
                 body_path) > 0) {
    return Wrong("the path and the body fill the same field");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<HeaderField>> HeaderFields(const Descriptor* type) {
  std::vector<HeaderField> headers;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!field->options().HasExtension(v1::http_header)) continue;
    if (field->is_repeated() || field->type() != FieldDescriptor::TYPE_STRING) {
      return Wrong(absl::StrCat("the header ", field->full_name(),
                                " is not a singular string"));
    }
    headers.push_back(
        {field->options().GetExtension(v1::http_header), {field}});
  }
  return headers;
}

bool IsSingularString(const FieldDescriptor* field) {
  return field != nullptr && !field->is_repeated() &&
         field->type() == FieldDescriptor::TYPE_STRING;
}

// Checks the option true_if_null of each field of a request.
absl::Status CheckNullFlags(const Descriptor* request) {
  for (int i = 0; i < request->field_count(); ++i) {
    const FieldDescriptor* flag = request->field(i);
    if (!flag->options().HasExtension(v1::true_if_null)) continue;
    const FieldDescriptor* of = request->FindFieldByName(
        flag->options().GetExtension(v1::true_if_null));
    if (flag->is_repeated() || flag->type() != FieldDescriptor::TYPE_BOOL ||
        of == nullptr || !of->options().GetExtension(v1::nullable)) {
      return Wrong(absl::StrCat(flag->full_name(),
                                " is not a bool for a nullable field"));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadMarks(Binding& binding) {
  const Descriptor* request = binding.method->input_type();
  const Descriptor* response = binding.method->output_type();
  auto in = HeaderFields(request);
  if (!in.ok()) return in.status();
  binding.request_headers = *std::move(in);
  auto out = HeaderFields(response);
  if (!out.ok()) return out.status();
  binding.response_headers = *std::move(out);
  const FieldDescriptor* mask = PlanOf(request).body_mask;
  if (mask != nullptr &&
      (mask->is_repeated() || mask->message_type() == nullptr ||
       FormOf(mask->message_type()) != JsonForm::kFieldMask)) {
    return Wrong(absl::StrCat(mask->full_name(), " is not a FieldMask"));
  }
  if (auto status = CheckNullFlags(request); !status.ok()) return status;
  const FieldDescriptor* next = response->FindFieldByName("next_page_token");
  if (IsSingularString(next) &&
      IsSingularString(request->FindFieldByName("page_token"))) {
    binding.next_page_token = next;
  }
  return absl::OkStatus();
}

absl::StatusOr<Route> ReadRule(const MethodDescriptor* method,
                               const HttpRule& rule) {
  auto [http_method, text] = Pattern(rule);
  if (http_method.empty()) return Wrong("it has no method");
  auto path = ParsePathTemplate(text);
  if (!path.ok()) {
    return Wrong(absl::StrCat("the path template '", text,
                              "' is malformed: ", path.status().message()));
  }
  Route route{std::move(http_method), *std::move(path), {}};
  Binding& binding = route.binding;
  binding.method = method;
  binding.rpc_path =
      absl::StrCat("/", method->service()->full_name(), "/", method->name());
  binding.path_template = std::move(text);
  if (method->options().HasExtension(v1::success_status)) {
    binding.success_status = method->options().GetExtension(v1::success_status);
  }
  binding.max_body_bytes = static_cast<std::size_t>(
      std::max(0, method->options().GetExtension(v1::max_body_bytes)));
  for (const Descriptor* type : {method->input_type(), method->output_type()}) {
    if (auto status = CheckTypes(type); !status.ok()) return status;
  }
  if (auto status = ReadPathFields(route); !status.ok()) return status;
  if (auto status = ReadBodies(rule, binding); !status.ok()) return status;
  if (auto status = ReadMarks(binding); !status.ok()) return status;
  return route;
}

absl::Status ReadInto(const MethodDescriptor* method, const HttpRule& rule,
                      std::vector<Route>& routes) {
  auto route = ReadRule(method, rule);
  if (!route.ok()) {
    return Wrong(absl::StrCat("the google.api.http rule of ",
                              method->full_name(), ": ",
                              route.status().message()));
  }
  routes.push_back(*std::move(route));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Route>> ReadHttpRules(
    const MethodDescriptor* method) {
  std::vector<Route> routes;
  if (!method->options().HasExtension(google::api::http)) return routes;
  if (method->client_streaming() || method->server_streaming()) {
    return Wrong(absl::StrCat(method->full_name(),
                              " streams, so it cannot have an HTTP rule"));
  }
  const HttpRule& rule = method->options().GetExtension(google::api::http);
  if (auto status = ReadInto(method, rule, routes); !status.ok()) return status;
  for (const HttpRule& additional : rule.additional_bindings()) {
    auto status = ReadInto(method, additional, routes);
    if (!status.ok()) return status;
  }
  return routes;
}

}  // namespace webhooks::gateway
