#include "gateway/openapi/meanings.h"

#include <boost/json/parse.hpp>

#include "gateway/openapi/descriptors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Pair;
using ::testing::ResultOf;
using ::testing::StartsWith;

const Comments& ProjectsComments() {
  static const Comments& comments =
      *new Comments(Comments::Read(EmbeddedDescriptors()).value());
  return comments;
}

Meaning MeaningOf(const std::string& field) {
  return Meanings(ProjectsComments())
      .Of(DescriptorPool::generated_pool()->FindFieldByName("webhooks.v1." +
                                                            field));
}

Failures FailuresOf(const std::string& method) {
  return Meanings::FailuresOf(
      DescriptorPool::generated_pool()->FindMethodByName("webhooks.v1." +
                                                         method));
}

TEST(Meanings, OfAReferenceAreTheCommentAndValuesOfItsField) {
  const Meaning url = MeaningOf("CreateWebhookRequest.url");
  EXPECT_THAT(url.text, StartsWith("The URL that deliveries are posted to"));
  EXPECT_EQ(url.values.max_length(), 2048);
}

TEST(Meanings, OfAReferenceContinueWithItsOwnText) {
  EXPECT_THAT(MeaningOf("PublishEventRequest.deliver_at").text,
              HasSubstr("At most 30 days ahead."));
}

TEST(Meanings, OfAFieldAreForRestClients) {
  EXPECT_THAT(MeaningOf("ListWebhooksRequest.page_size").text,
              HasSubstr("the header `Link`"));
  const Meaning key = MeaningOf("RotateWebhookSecretRequest.request_id");
  EXPECT_THAT(key.text, HasSubstr("`Idempotent-Replayed: true`"));
  EXPECT_EQ(key.values.max_length(), 255);
}

TEST(Meanings, OfAReferenceForRestClientsAreThoseOfItsField) {
  EXPECT_EQ(MeaningOf("PublishEventRequest.request_id").text,
            MeaningOf("CreateWebhookRequest.request_id").text);
}

TEST(Meanings, SayWhichJsonStandsForAFieldThatIsNotSet) {
  EXPECT_THAT(MeaningOf("Webhook.url").text,
              HasSubstr("`null`: nothing is sent"));
  EXPECT_THAT(MeaningOf("CreateWebhookRequest.scope").text,
              HasSubstr("`null`: every type."));
  EXPECT_THAT(MeaningOf("Webhook.delivery").text,
              HasSubstr("Absent: the server's flags apply"));
}

TEST(Meanings, OfAServiceAreForRestClients) {
  const auto* service = DescriptorPool::generated_pool()->FindServiceByName(
      "webhooks.v1.WebhookService");
  EXPECT_THAT(Meanings(ProjectsComments()).Of(*service),
              HasSubstr("in the header `x-api-key`"));
}

TEST(Meanings, FollowReferencesToReferences) {
  EXPECT_EQ(MeaningOf("UpdateWebhookStatusRequest.id").values.format(), "uuid");
}

TEST(Meanings, OfAReferenceHaveItsOwnValuesInAddition) {
  const Meaning active = MeaningOf("UpdateWebhookStatusRequest.active");
  EXPECT_EQ(active.values.example(), "false");
  const Meaning text = MeaningOf("CreateWebhookRequest.description");
  EXPECT_EQ(text.values.max_length(), 1024);
}

TEST(Meanings, OfAMethodIncludeTheFailuresOfTheMethodItNames) {
  EXPECT_THAT(FailuresOf("WebhookService.Update"),
              Contains(Pair(absl::StatusCode::kNotFound,
                            HasSubstr("WEBHOOK_NOT_FOUND"))));
}

TEST(Meanings, OfAMethodIncludeTheCommonFailuresOfItsService) {
  for (const char* method : {"WebhookService.Get", "EventService.Get"}) {
    EXPECT_THAT(FailuresOf(method),
                Contains(Pair(absl::StatusCode::kUnauthenticated,
                              HasSubstr("API_KEY_INVALID"))))
        << method;
  }
}

TEST(Meanings, OfAMethodContinueTheFailuresOfAnotherWithItsOwnText) {
  EXPECT_THAT(FailuresOf("WebhookService.Delete"),
              Contains(Pair(absl::StatusCode::kNotFound,
                            HasSubstr("WEBHOOK_NOT_FOUND). Also if"))));
}

// Expects each code of `failure` among `failures`.
void ExpectCodes(const v1::Failure& failure, const Failures& failures,
                 const std::string& name) {
  EXPECT_FALSE(failure.codes().empty()) << name;
  for (const std::string& code : failure.codes()) {
    EXPECT_THAT(
        failures,
        Contains(Key(ResultOf(
            [](absl::StatusCode c) { return absl::StatusCodeToString(c); },
            code))))
        << name;
  }
}

// A misspelt code, or a method that does not exist, would be omitted.
TEST(Meanings, ResolveEveryFailure) {
  for (const std::string& name : ProjectsComments().files()) {
    const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        const auto* method = file->service(i)->method(j);
        const auto& options = method->options();
        for (int k = 0; k < options.ExtensionSize(v1::failures); ++k) {
          ExpectCodes(options.GetExtension(v1::failures, k),
                      Meanings::FailuresOf(method), method->full_name());
        }
      }
    }
  }
}

// Checks and counts the examples of `message` and of messages declared in it.
void ExpectJson(const Descriptor& message, int& examples) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor* field = message.field(i);
    if (!Meanings::HasExample(field)) continue;
    boost::system::error_code error;
    boost::json::parse(field->options().GetExtension(v1::values).example(),
                       error);
    EXPECT_FALSE(error) << field->full_name();
    ++examples;
  }
  for (int i = 0; i < message.nested_type_count(); ++i) {
    ExpectJson(*message.nested_type(i), examples);
  }
}

TEST(Meanings, HaveOnlyJsonExamples) {
  int examples = 0;
  for (const std::string& name : ProjectsComments().files()) {
    const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; i < file->message_type_count(); ++i) {
      ExpectJson(*file->message_type(i), examples);
    }
  }
  EXPECT_GT(examples, 10);
}

}  // namespace
}  // namespace webhooks::gateway
