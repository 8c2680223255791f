#include "gateway/openapi/operations.h"

#include <algorithm>
#include <boost/json/array.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "gateway/openapi/answer_headers.h"
#include "gateway/openapi/error_answers.h"
#include "gateway/openapi/examples.h"
#include "gateway/openapi/parameters.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;
using google::protobuf::MethodDescriptor;

json::object Media(json::object schema, std::optional<json::value> example) {
  json::object media{{"schema", std::move(schema)}};
  if (example) media["example"] = *std::move(example);
  return media;
}

json::object BodySchema(Schemas& schemas, const Binding& binding) {
  if (binding.body_field == nullptr) return schemas.OfWholeBody(binding);
  return schemas.OfField(
      PlanOf(binding.method->input_type()).Of(binding.body_field),
      Direction::kRequest);
}

// Returns true if the body has a required key, so that it must be present.
bool NeedsBody(const Binding& binding) {
  const MessagePlan& plan = PlanOf(binding.method->input_type());
  if (binding.body_field != nullptr) {
    return plan.Of(binding.body_field).required_key;
  }
  return std::any_of(plan.fields.begin(), plan.fields.end(),
                     [&](const FieldPlan& field) {
                       return field.required_key && !IsInPath(binding, field);
                     });
}

json::object RequestBody(const Meanings& meanings, Schemas& schemas,
                         const Route& route, std::size_t body_bytes) {
  const Binding& binding = route.binding;
  json::object media =
      Media(BodySchema(schemas, binding), BodyExample(meanings, binding));
  json::object content{{"application/json", media}};
  if (route.http_method == "PATCH") {
    content["application/merge-patch+json"] = std::move(media);
  }
  const std::size_t most = std::max(body_bytes, binding.max_body_bytes);
  return {{"description", absl::StrCat("At most ", most, " bytes.")},
          {"required", NeedsBody(binding)},
          {"content", std::move(content)}};
}

// Returns the description of a header that an answer has unless its field is
// empty.
json::object AnswerHeader(const Meanings& meanings, Schemas& schemas,
                          const HeaderField& header) {
  const google::protobuf::FieldDescriptor* field = header.field.back();
  return {{"description", meanings.Of(field).text},
          {"schema", schemas.OfValue(PlanOf(field->containing_type()).Of(field),
                                     Direction::kAnswer)}};
}

json::object SuccessHeaders(const Meanings& meanings, Schemas& schemas,
                            const Binding& binding) {
  json::object headers{{"x-request-id", HeaderReference("x-request-id")}};
  AddRateHeaders(headers);
  for (const HeaderField& header : binding.response_headers) {
    headers[header.header] = AnswerHeader(meanings, schemas, header);
  }
  if (binding.next_page_token != nullptr) {
    headers["Link"] = HeaderReference("Link");
  }
  for (const HeaderField& header : binding.request_headers) {
    if (header.header == "Idempotency-Key") {
      headers["Idempotent-Replayed"] = HeaderReference("Idempotent-Replayed");
    }
  }
  return headers;
}

json::object AnswerSchema(Schemas& schemas, const Binding& binding) {
  const MessagePlan& plan = PlanOf(binding.method->output_type());
  if (binding.response_field == nullptr) {
    return schemas.OfMessage(plan, Direction::kAnswer);
  }
  return schemas.OfField(plan.Of(binding.response_field), Direction::kAnswer);
}

json::object Responses(const Meanings& meanings, Schemas& schemas,
                       const ErrorExamples& examples, const Route& route) {
  const Binding& binding = route.binding;
  const std::string text =
      meanings.comments().Of(*binding.method->output_type());
  json::object headers = SuccessHeaders(meanings, schemas, binding);
  json::object responses;
  if (IsConditional(route)) {
    responses["304"] =
        json::object{{"description", "The ETag matches If-None-Match."},
                     {"headers", {{"ETag", headers.at("ETag")}}}};
  }
  responses[absl::StrCat(binding.success_status)] = json::object{
      {"description", text.empty() ? "The call succeeded." : text},
      {"headers", std::move(headers)},
      {"content",
       {{"application/json", Media(AnswerSchema(schemas, binding),
                                   AnswerExample(meanings, binding))}}}};
  AddErrors(route, examples, responses);
  return responses;
}

}  // namespace

std::string MethodOf(const Route& route) {
  std::string method = absl::AsciiStrToLower(route.http_method);
  for (const absl::string_view known :
       {"get", "put", "post", "delete", "options", "head", "patch", "trace"}) {
    if (method == known) return method;
  }
  return "";
}

std::string TagOf(const google::protobuf::ServiceDescriptor& service) {
  return std::string(absl::StripSuffix(service.name(), "Service"));
}

std::string FirstSentence(absl::string_view text) {
  text = text.substr(0, text.find("\n\n"));
  text = text.substr(0, text.find(". "));
  return absl::StrReplaceAll(absl::StripSuffix(text, "."), {{"`", ""}});
}

json::object Operation(const Meanings& meanings, Schemas& schemas,
                       const ErrorExamples& examples, const Route& route,
                       std::size_t index, std::size_t body_bytes) {
  const Binding& binding = route.binding;
  const MethodDescriptor& method = *binding.method;
  std::string id = absl::StrCat(method.service()->name(), "_", method.name());
  if (index > 0) absl::StrAppend(&id, "_", index + 1);
  const std::string text = meanings.comments().Of(method);
  json::object operation{
      {"operationId", std::move(id)},
      {"tags", json::array{TagOf(*method.service())}},
      {"summary", text.empty() ? method.full_name() : FirstSentence(text)}};
  if (!text.empty()) operation["description"] = text;
  operation["parameters"] = Parameters(meanings, schemas, route);
  if (binding.has_body) {
    operation["requestBody"] =
        RequestBody(meanings, schemas, route, body_bytes);
  }
  operation["responses"] = Responses(meanings, schemas, examples, route);
  return operation;
}

}  // namespace webhooks::gateway
