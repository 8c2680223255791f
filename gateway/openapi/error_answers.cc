#include "gateway/openapi/error_answers.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/errors.h"
#include "gateway/openapi/answer_headers.h"
#include "gateway/openapi/meanings.h"
#include "gateway/openapi/parameters.h"
#include "google/rpc/error_details.pb.h"
#include "proto/rpc/entity_tag.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;

constexpr int kPreconditionFailed = 412;

// The place in the document of the errors with one HTTP status.
enum class Place {
  // In each operation.
  kOperation,
  // A component of their own, to which operations with a body refer.
  kComponent,
  // The component kOtherError.
  kOther,
};

Place PlaceOf(int http_status) {
  switch (http_status) {
    case 413:
    case 415:
      return Place::kComponent;
    case 400:
    case 401:
    case 409:
    case kPreconditionFailed:
    case 429:
    case 503:
      return Place::kOperation;
    default:
      return Place::kOther;
  }
}

// A resource that does not exist is an error of its operations, a path that
// does not exist is not.
Place PlaceOfCall(int http_status) {
  return http_status == 404 ? Place::kOperation : PlaceOf(http_status);
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

void AddOnce(std::string text, std::vector<std::string>& texts) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) {
    texts.push_back(std::move(text));
  }
}

int HttpStatusOf(absl::StatusCode code, absl::string_view text) {
  if (code == absl::StatusCode::kAborted &&
      absl::StrContains(text, kEtagMismatch)) {
    return kPreconditionFailed;
  }
  return HttpStatusOfServerError(absl::Status(code, ""));
}

// Adds the failures of calls of `method` whose place is `place`.
void AddFailures(const google::protobuf::MethodDescriptor* method, Place place,
                 Texts& texts) {
  for (const auto& [code, text] : Meanings::FailuresOf(method)) {
    const int http_status = HttpStatusOf(code, text);
    if (PlaceOfCall(http_status) != place) continue;
    AddOnce(absl::StrCat(absl::StatusCodeToString(code), ": ", text),
            texts[http_status]);
  }
}

Texts TextsOf(const Route& route) {
  Texts texts;
  AddFailures(route.binding.method, Place::kOperation, texts);
  for (const GatewayError& error : GatewayErrors()) {
    const int http_status = error.http_status;
    if (error.text.empty() || PlaceOf(http_status) != Place::kOperation ||
        (http_status == kPreconditionFailed && !IsConditional(route))) {
      continue;
    }
    AddOnce(TextOf(error), texts[http_status]);
  }
  return texts;
}

Texts OtherTexts(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services) {
  Texts texts;
  for (const auto* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      AddFailures(service->method(i), Place::kOther, texts);
    }
  }
  for (const GatewayError& error : GatewayErrors()) {
    if (error.text.empty() || PlaceOf(error.http_status) != Place::kOther) {
      continue;
    }
    AddOnce(TextOf(error), texts[error.http_status]);
  }
  return texts;
}

// Returns the causes as a list, or as a sentence if there is only one.
std::string Listed(const std::vector<std::string>& texts) {
  if (texts.size() == 1) return texts[0];
  return absl::StrCat("- ", absl::StrJoin(texts, "\n- "));
}

json::object AnswerWithExamples(absl::string_view text, json::object headers,
                                json::object examples) {
  json::object media{{"schema", {{"$ref", "#/components/schemas/Error"}}}};
  if (!examples.empty()) media["examples"] = std::move(examples);
  json::object answer{{"description", std::string(text)}};
  if (!headers.empty()) answer["headers"] = std::move(headers);
  answer["content"] = json::object{{"application/json", std::move(media)}};
  return answer;
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
        {"description", "The name of the kind of error."}}},
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

json::object ErrorResponseObject(absl::string_view text, int http_status,
                                 const ErrorExamples& examples) {
  json::object headers;
  if (http_status == 429 || http_status == 503) {
    headers["Retry-After"] = HeaderReference("Retry-After");
  }
  if (http_status == 429) AddRateHeaders(headers);
  if (http_status == 401) {
    headers["WWW-Authenticate"] = HeaderReference("WWW-Authenticate");
  }
  return AnswerWithExamples(text, std::move(headers),
                            examples.Named(text, http_status));
}

json::object ErrorComponents(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services,
    const ErrorExamples& examples) {
  json::object components;
  for (const GatewayError& error : GatewayErrors()) {
    if (PlaceOf(error.http_status) != Place::kComponent) continue;
    components[ComponentName(error.reason)] =
        ErrorResponseObject(TextOf(error), error.http_status, examples);
  }
  std::vector<std::string> others;
  for (const auto& [http_status, texts] : OtherTexts(services)) {
    for (const std::string& text : texts) {
      others.push_back(absl::StrCat(http_status, " ", text));
    }
  }
  const std::string text =
      absl::StrCat("Another failure, in the same form:\n\n", Listed(others));
  components[std::string(kOtherError)] =
      AnswerWithExamples(text, {}, examples.Named(text));
  return components;
}

void AddErrors(const Route& route, const ErrorExamples& examples,
               json::object& responses) {
  std::map<int, json::object> errors;
  for (const auto& [http_status, texts] : TextsOf(route)) {
    errors[http_status] =
        ErrorResponseObject(Listed(texts), http_status, examples);
  }
  for (const GatewayError& error : GatewayErrors()) {
    if (PlaceOf(error.http_status) == Place::kComponent &&
        route.binding.has_body) {
      errors[error.http_status] =
          ResponseReference(ComponentName(error.reason));
    }
  }
  for (auto& [http_status, error] : errors) {
    responses[absl::StrCat(http_status)] = std::move(error);
  }
  responses["default"] = ResponseReference(kOtherError);
}

}  // namespace webhooks::gateway
