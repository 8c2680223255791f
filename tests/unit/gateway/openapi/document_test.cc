#include "gateway/openapi/document.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/openapi/value_schema.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/transcoding_test.pb.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;
using google::protobuf::DescriptorPool;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr std::size_t kBodyBytes = 1000;

json::value Document(const std::vector<std::string>& names) {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const std::string& name : names) {
    services.push_back(
        DescriptorPool::generated_pool()->FindServiceByName(name));
  }
  const auto text = OpenApiDocument(services, kBodyBytes);
  EXPECT_TRUE(text.ok()) << text.status();
  return json::parse(*text);
}

json::value Document(const std::string& service) {
  return Document(std::vector<std::string>{service});
}

// Returns the document of the project's services, sorted by their names.
const json::value& Project() {
  static const json::value& document = *new json::value(
      Document({"webhooks.v1.DeliveryService", "webhooks.v1.EventService",
                "webhooks.v1.WebhookService"}));
  return document;
}

// Calls `visit` with each object within `value`.
void VisitObjects(const json::value& value,
                  const std::function<void(const json::object&)>& visit) {
  if (value.is_array()) {
    for (const json::value& item : value.as_array()) VisitObjects(item, visit);
  }
  if (!value.is_object()) return;
  visit(value.as_object());
  for (const auto& member : value.as_object()) {
    VisitObjects(member.value(), visit);
  }
}

// Returns the texts of the key "description" within `value`.
std::set<std::string> Descriptions(const json::value& value) {
  std::set<std::string> texts;
  VisitObjects(value, [&](const json::object& object) {
    const json::value* text = object.if_contains("description");
    if (text != nullptr && text->is_string()) {
      texts.emplace(text->as_string());
    }
  });
  return texts;
}

// Returns the document of the service with every kind of binding and field.
const json::value& Everything() {
  test::v1::Everything::descriptor();  // so that its file is linked
  static const json::value& document =
      *new json::value(Document("webhooks.test.v1.Transcoding"));
  return document;
}

const json::value& At(absl::string_view pointer) {
  return Everything().at_pointer({pointer.data(), pointer.size()});
}

// Returns the schema of a field of Everything in answers, as text.
std::string Answered(absl::string_view field) {
  return json::serialize(
      At(absl::StrCat("/components/schemas/Everything/properties/", field)));
}

std::vector<std::string> Strings(const json::value& array) {
  std::vector<std::string> strings;
  for (const json::value& item : array.as_array()) {
    strings.emplace_back(item.as_string());
  }
  return strings;
}

// Returns "in name" of each parameter that is not a reference.
std::vector<std::string> ParametersAt(absl::string_view pointer) {
  std::vector<std::string> names;
  for (const json::value& parameter :
       At(absl::StrCat(pointer, "/parameters")).as_array()) {
    if (!parameter.as_object().contains("name")) continue;
    names.push_back(
        absl::StrCat(std::string(parameter.at("in").as_string()), " ",
                     std::string(parameter.at("name").as_string())));
  }
  return names;
}

struct SchemaCase {
  absl::string_view field;
  absl::string_view schema;
};

void PrintTo(const SchemaCase& c, std::ostream* out) { *out << c.field; }

class AnswerSchemas : public ::testing::TestWithParam<SchemaCase> {};

TEST_P(AnswerSchemas, DescribeTheWrittenJson) {
  EXPECT_EQ(Answered(GetParam().field), GetParam().schema);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, AnswerSchemas,
    ::testing::Values(
        SchemaCase{"bool", R"({"type":"boolean"})"},
        SchemaCase{"uint32",
                   R"({"type":"integer","format":"uint32","minimum":0,)"
                   R"("maximum":4294967295})"},
        SchemaCase{"int64", R"({"type":"string","pattern":"^-?[0-9]{1,19}$"})"},
        SchemaCase{"bytes", R"({"type":"string","contentEncoding":"base64"})"},
        SchemaCase{"kind", R"({"$ref":"#/components/schemas/Kind"})"},
        SchemaCase{"child", R"({"$ref":"#/components/schemas/Everything"})"},
        SchemaCase{"maybe_text", R"({"type":["string","null"]})"},
        SchemaCase{"words",
                   R"({"type":["array","null"],"items":{"type":"string"}})"},
        SchemaCase{"by_int32", R"({"type":"object","additionalProperties":)"
                               R"({"type":"string"}})"},
        SchemaCase{"timestamp", R"({"type":"string","format":"date-time"})"},
        SchemaCase{"nullable_timestamp",
                   R"({"type":["string","null"],"format":"date-time"})"}));

TEST(OrNull, AddsNullWhereItIsNotThere) {
  EXPECT_EQ(OrNull({{"type", "string"}}).at("type"),
            (json::array{"string", "null"}));
  EXPECT_EQ(OrNull({{"type", "null"}}).at("type"), "null");
  EXPECT_EQ(OrNull({{"$ref", "#"}}).at("anyOf").as_array().size(), 2);
}

TEST(OpenApiDocument, AnswersRequireTheKeysThatAreAlwaysWritten) {
  EXPECT_THAT(Strings(At("/components/schemas/Everything/required")),
              AllOf(IsSupersetOf({"int32", "maybe_text", "numbers", "words"}),
                    Not(Contains("maybe_number")), Not(Contains("child"))));
}

TEST(OpenApiDocument, RequestsRequireTheirRequiredKeysAndPermitNoOthers) {
  const json::value& schema = At("/components/schemas/Requirements");
  EXPECT_THAT(Strings(schema.at("required")), ElementsAre("id", "url"));
  EXPECT_EQ(schema.at("additionalProperties"), false);
}

TEST(OpenApiDocument, FieldsOfThePathAreNotInTheBody) {
  const json::value& body =
      At("/paths/~1required~1{id}/put/requestBody/content/application~1json/"
         "schema");
  EXPECT_THAT(Strings(body.at("required")), ElementsAre("url"));
}

TEST(OpenApiDocument, MessagesOfRequestsAndAnswersAreTwo) {
  EXPECT_TRUE(At("/components/schemas/EverythingInput/additionalProperties") ==
              false);
}

TEST(OpenApiDocument, MembersOfAOneofAreNotTogether) {
  const auto& schema = At("/components/schemas/Everything").as_object();
  // Three members exclude each other. A fourth is always written.
  EXPECT_EQ(schema.at("maxProperties").as_int64(),
            static_cast<std::int64_t>(
                schema.at("properties").as_object().size() - 2));
}

TEST(OpenApiDocument, UnspecifiedEnumValuesAreLeftOut) {
  EXPECT_THAT(Strings(At("/components/schemas/Kind/enum")),
              ElementsAre("KIND_ROUND", "KIND_SQUARE"));
}

TEST(OpenApiDocument, QueriesReachIntoMessages) {
  EXPECT_THAT(ParametersAt("/paths/~1search/get"),
              IsSupersetOf({"query int32", "query child.int32", "query words",
                            "query timestamp"}));
}

TEST(OpenApiDocument, HiddenFieldsAreNotInQueries) {
  EXPECT_THAT(
      ParametersAt("/paths/~1marked/get"),
      ElementsAre("query id", "query text", "query tags", "query part.name",
                  "query part.size", "query page_token", "header If-Match",
                  "header Idempotency-Key"));
}

TEST(OpenApiDocument, APathsVariablesAreItsParameters) {
  EXPECT_THAT(ParametersAt("/paths/~1files~1images~1{id.2}~1raw~1{id.4}/get"),
              ElementsAre("path id.2", "path id.4", "query owner"));
  EXPECT_THAT(
      ParametersAt("/paths/~1shelves~1racks~1{id.2}~1{segment.4}~1end/get"),
      ElementsAre("path id.2", "path segment.4", "query owner"));
}

TEST(OpenApiDocument, MarkedFieldsAreHeaders) {
  EXPECT_THAT(
      ParametersAt("/paths/~1marked~1{id}/patch"),
      ElementsAre("path id", "header If-Match", "header Idempotency-Key"));
  EXPECT_NO_THROW(At("/paths/~1marked~1{id}/patch/responses/200/headers/ETag"));
  EXPECT_NO_THROW(At("/paths/~1marked/get/responses/200/headers/Link"));
  EXPECT_NO_THROW(At("/paths/~1marked/get/responses/304"));
}

TEST(OpenApiDocument, MethodsThatOpenApiLacksAreLeftOut) {
  EXPECT_FALSE(At("/paths").as_object().contains("/links/{id}"));
  EXPECT_THAT(At("/paths/~1any").as_object(), testing::SizeIs(1));
}

TEST(OpenApiDocument, EveryOperationHasAnIdOfItsOwn) {
  std::set<std::string> ids;
  int operations = 0;
  for (const auto& path : At("/paths").as_object()) {
    for (const auto& [method, operation] : path.value().as_object()) {
      ids.emplace(operation.at("operationId").as_string());
      ++operations;
    }
  }
  EXPECT_EQ(static_cast<int>(ids.size()), operations);
}

TEST(OpenApiDocument, HasTheLimitOfABody) {
  const json::value document = Document("webhooks.v1.EventService");
  EXPECT_EQ(document.at_pointer("/paths/~1events/post/requestBody/description"),
            "At most 1000 bytes.");
  EXPECT_EQ(
      document.at_pointer("/paths/~1events:batch/post/requestBody/description"),
      "At most 4194304 bytes.");
}

TEST(OpenApiDocument, FailuresOfRpcsAreAnswers) {
  const json::value document = Document("webhooks.v1.WebhookService");
  const json::value& responses =
      document.at_pointer("/paths/~1webhooks~1{id}/put/responses");
  for (const char* status : {"201", "400", "401", "404", "412", "429", "503"}) {
    EXPECT_TRUE(responses.as_object().contains(status)) << status;
  }
}

TEST(OpenApiDocument, ABatchMayBeAConflict) {
  const json::value document = Document("webhooks.v1.EventService");
  EXPECT_NO_THROW(
      document.at_pointer("/paths/~1events:batch/post/responses/409"));
}

TEST(OpenApiDocument, AReadMayHaveConditions) {
  const json::value document = Document("webhooks.v1.WebhookService");
  const json::value& read = document.at_pointer("/paths/~1webhooks~1{id}/get");
  EXPECT_TRUE(read.at("responses").as_object().contains("412"));
  std::set<std::string> references;
  for (const json::value& parameter : read.at("parameters").as_array()) {
    if (const auto* ref = parameter.as_object().if_contains("$ref")) {
      references.emplace(ref->as_string());
    }
  }
  EXPECT_TRUE(references.contains("#/components/parameters/If-Match"));
  EXPECT_TRUE(references.contains("#/components/parameters/If-None-Match"));
}

TEST(OpenApiDocument, DescribesTheRequestsToReceivers) {
  const json::value& post = At("/webhooks/event/post");
  std::vector<std::string> headers;
  for (const json::value& parameter : post.at("parameters").as_array()) {
    headers.emplace_back(parameter.at("name").as_string());
  }
  EXPECT_THAT(headers, ElementsAre("webhook-id", "webhook-timestamp",
                                   "webhook-signature", "panora-signature",
                                   "traceparent", "tracestate"));
  const auto& parameters = post.at("parameters").as_array();
  EXPECT_TRUE(parameters.at(4).at("required").as_bool());
  EXPECT_FALSE(parameters.at(5).at("required").as_bool());
  EXPECT_NO_THROW(
      post.at("requestBody")
          .at_pointer("/content/application~1json/example/id_event"));
}

TEST(OpenApiDocument, ServicesAreInTheOrderOfTheirPositions) {
  std::vector<std::string> tags;
  for (const json::value& tag : Project().at("tags").as_array()) {
    tags.emplace_back(tag.at("name").as_string());
  }
  EXPECT_THAT(tags, ElementsAre("Webhook", "Event", "Delivery", "Gateway"));
  const auto& paths = Project().at("paths").as_object();
  EXPECT_EQ(paths.begin()->key(), "/webhooks");
}

TEST(OpenApiDocument, SummariesAreNoMarkdown) {
  int count = 0;
  for (const auto& path : Project().at("paths").as_object()) {
    for (const auto& operation : path.value().as_object()) {
      const json::object& members = operation.value().as_object();
      if (!members.contains("summary")) continue;
      ++count;
      EXPECT_THAT(std::string(members.at("summary").as_string()),
                  testing::Not(testing::HasSubstr("`")));
    }
  }
  EXPECT_GT(count, 20);
}

// Words of gRPC, and references to elements of protos.
TEST(OpenApiDocument, EveryDescriptionIsForRestClients) {
  const std::regex foreign(
      "metadata|next_page_token|update_mask|all_events|Same as|Unset|"
      "\\b(request_id|etag)\\b|[A-Z][A-Za-z]+\\.[A-Za-z_]*[a-z_]{3}|"
      "google\\.rpc");
  std::set<std::string> texts = Descriptions(Project());
  EXPECT_GT(texts.size(), 100);
  for (std::string text : texts) {
    for (const char* known : {"JSON.stringify", "google.protobuf."}) {
      const auto at = text.find(known);
      if (at != text.npos) text.erase(at, std::string(known).size());
    }
    EXPECT_FALSE(std::regex_search(text, foreign)) << text;
  }
}

TEST(OpenApiDocument, EveryReasonHasAnExample) {
  const auto& examples = Project().at_pointer("/components/examples");
  const std::regex reasons("\\(reason ([A-Z_, or]+)");
  const std::regex word("[A-Z]+_[A-Z_]+");
  std::set<std::string> missing, named;
  for (const std::string& text : Descriptions(Project())) {
    for (std::sregex_iterator i(text.begin(), text.end(), reasons), end;
         i != end; ++i) {
      const std::string list = (*i)[1];
      for (std::sregex_iterator w(list.begin(), list.end(), word); w != end;
           ++w) {
        named.insert(w->str());
        if (!examples.as_object().contains(w->str())) missing.insert(w->str());
      }
    }
  }
  EXPECT_GT(named.size(), 40);
  EXPECT_THAT(missing, IsEmpty());
}

TEST(OpenApiDocument, AnAnswerHasTheExamplesOfItsReasonsInTheirOrder) {
  const auto& media = Project().at_pointer(
      "/paths/~1webhooks/post/responses/400/content/application~1json");
  std::vector<std::string> names;
  for (const auto& example : media.at("examples").as_object()) {
    names.emplace_back(example.key());
  }
  EXPECT_THAT(
      names, ElementsAre("INVALID_URL", "INVALID_DESCRIPTION", "INVALID_SCOPE",
                         "INVALID_DELIVERY_SETTINGS", "INVALID_REQUEST_ID",
                         "INVALID_REQUEST", "INVALID_PROJECT",
                         "PROJECT_MISMATCH", "MALFORMED_JSON", "MALFORMED_PATH",
                         "INVALID_HEADER", "MALFORMED_REQUEST"));
}

TEST(OpenApiDocument, ExamplesOfErrorsAreAnswersOfTheGateway) {
  const auto& error = Project().at_pointer(
      "/components/examples/REQUEST_RATE_EXCEEDED/value/error");
  EXPECT_EQ(error.at("code"), 429);
  EXPECT_EQ(error.at("status"), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(error.at_pointer("/details/0/reason"), "REQUEST_RATE_EXCEEDED");
  EXPECT_EQ(error.at_pointer("/details/1/retry_delay"), "1s");
  EXPECT_EQ(Project().at_pointer("/components/examples/INVALID_URL/value/error/"
                                 "details/0/field_violations/0/field"),
            "url");
}

TEST(OpenApiDocument, ErrorsThatEveryCallHasAreDescribedOnce) {
  for (const auto& path : Project().at("paths").as_object()) {
    for (const auto& operation : path.value().as_object()) {
      const auto& responses = operation.value().at("responses").as_object();
      for (const char* status : {"408", "414", "417", "431", "500", "504"}) {
        EXPECT_FALSE(responses.contains(status)) << path.key();
      }
      EXPECT_EQ(responses.at("default").at("$ref"),
                "#/components/responses/OtherError");
    }
  }
  const std::string text(
      Project()
          .at_pointer("/components/responses/OtherError/description")
          .as_string());
  for (const char* reason :
       {"REQUEST_TIMEOUT", "HEADERS_TOO_LARGE", "STORAGE_FAILURE"}) {
    EXPECT_THAT(text, ::testing::HasSubstr(reason));
  }
}

TEST(OpenApiDocument, ADeprecatedNameIsMarked) {
  for (const json::value& parameter :
       Project().at_pointer("/paths/~1events/get/parameters").as_array()) {
    const auto& object = parameter.as_object();
    if (!object.contains("name")) continue;
    EXPECT_EQ(object.contains("deprecated"), object.at("name") == "type");
  }
}

TEST(OpenApiDocument, EveryReferenceIsThere) {
  std::vector<const json::value*> left = {&Everything()};
  std::vector<std::string> dangling;
  while (!left.empty()) {
    const json::value& value = *left.back();
    left.pop_back();
    if (value.is_array()) {
      for (const json::value& item : value.as_array()) left.push_back(&item);
    }
    if (!value.is_object()) continue;
    for (const auto& [key, item] : value.as_object()) left.push_back(&item);
    const json::value* reference = value.as_object().if_contains("$ref");
    if (reference == nullptr) continue;
    boost::system::error_code error;
    std::string pointer(reference->as_string());
    if (Everything().find_pointer(pointer.substr(1), error) == nullptr) {
      dangling.push_back(std::move(pointer));
    }
  }
  EXPECT_THAT(dangling, IsEmpty());
}

}  // namespace
}  // namespace webhooks::gateway
