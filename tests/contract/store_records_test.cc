#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/contract/backend.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

using ::google::protobuf::util::MessageDifferencer;

class StoreRecords : public StoreContract {
 protected:
  // Stores `webhook` and expects to read the same.
  void ExpectKept(const v1::Webhook& webhook) {
    ASSERT_THAT(CreateWebhook(*store_, webhook), IsOk());
    auto read = GetWebhook(*store_, webhook.id_project(),
                           webhook.id_webhook_endpoint());
    ASSERT_THAT(read, IsOk());
    EXPECT_NE(read->etag(), "");
    read->clear_etag();
    EXPECT_TRUE(MessageDifferencer::Equals(*read, webhook))
        << read->DebugString();
  }
};

TEST_P(StoreRecords, ANewStoreHadNoFirstProject) {
  const auto any = HadFirstProject(*store_);
  ASSERT_THAT(any, IsOk());
  EXPECT_FALSE(*any);
}

TEST_P(StoreRecords, AProjectThatIsCreatedWithoutAKeyIsNotTheFirst) {
  ASSERT_THAT(Await<Created<v1::Project>>([&](auto done) {
                store_->CreateProject(MakeProject().project, std::nullopt, {},
                                      done);
              }),
              IsOk());
  const auto any = HadFirstProject(*store_);
  ASSERT_THAT(any, IsOk());
  EXPECT_FALSE(*any);
}

TEST_P(StoreRecords, AStoreRemembersItsFirstProject) {
  const ProjectAndKey made = MakeProject();
  ASSERT_THAT(CreateFirstProject(*store_, made.project, made.key, made.hash),
              IsOk());
  const auto any = HadFirstProject(*store_);
  ASSERT_THAT(any, IsOk());
  EXPECT_TRUE(*any);
}

TEST_P(StoreRecords, AStoreHasOneFirstProject) {
  const ProjectAndKey first = MakeProject();
  const ProjectAndKey second = MakeProject();
  ASSERT_THAT(CreateFirstProject(*store_, first.project, first.key, first.hash),
              IsOk());
  EXPECT_THAT(
      CreateFirstProject(*store_, second.project, second.key, second.hash),
      StatusIs(absl::StatusCode::kAlreadyExists, "FIRST_PROJECT_EXISTS"));
  EXPECT_THAT(FindApiKey(*store_, second.hash),
              StatusIs(absl::StatusCode::kNotFound));
  // Another server made it with the key of the same file.
  EXPECT_THAT(
      CreateFirstProject(*store_, second.project, second.key, first.hash),
      StatusIs(absl::StatusCode::kAlreadyExists, "FIRST_PROJECT_EXISTS"));
}

TEST_P(StoreRecords, AKeyIsFoundByItsHash) {
  const ProjectAndKey made = MakeProject();
  ASSERT_THAT(CreateProject(*store_, made.project, made.key, made.hash),
              IsOk());
  const auto found = FindApiKey(*store_, made.hash);
  ASSERT_THAT(found, IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(found->key, made.key));
}

TEST_P(StoreRecords, AnUnknownHashIsNotFound) {
  NewProject();
  EXPECT_THAT(FindApiKey(*store_, MakeProject().hash),
              StatusIs(absl::StatusCode::kNotFound, "API_KEY_NOT_FOUND"));
}

TEST_P(StoreRecords, AProjectIsNotStoredIfItsKeyIsInUse) {
  const ProjectAndKey first = MakeProject();
  const ProjectAndKey second = MakeProject();
  ASSERT_THAT(CreateProject(*store_, first.project, first.key, first.hash),
              IsOk());
  EXPECT_THAT(
      CreateFirstProject(*store_, second.project, second.key, first.hash),
      StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(CreateWebhook(*store_, MakeWebhook(second.project.id_project())),
              StatusIs(absl::StatusCode::kNotFound, "PROJECT_NOT_FOUND"));
}

TEST_P(StoreRecords, AWebhookIsReadAsItWasStored) {
  ExpectKept(MakeWebhook(NewProject()));
}

TEST_P(StoreRecords, UnsetFieldsStayUnset) {
  v1::Webhook webhook = MakeWebhook(NewProject());
  webhook.clear_url();
  webhook.clear_endpoint_description();
  webhook.clear_scope();
  ExpectKept(webhook);
}

TEST_P(StoreRecords, AnEmptyDescriptionIsNotAnAbsentOne) {
  v1::Webhook webhook = MakeWebhook(NewProject());
  webhook.set_endpoint_description("");
  ExpectKept(webhook);
}

TEST_P(StoreRecords, AnInactiveWebhookStaysInactive) {
  v1::Webhook webhook = MakeWebhook(NewProject());
  webhook.set_active(false);
  ExpectKept(webhook);
}

TEST_P(StoreRecords, TheLargestValuesAreKept) {
  v1::Webhook webhook = MakeWebhook(NewProject());
  webhook.set_url(absl::StrCat("https://a.example/", std::string(2030, 'p')));
  std::string description;
  for (int i = 0; i < 1024; ++i) description += "\xF0\x9F\x94\x94";
  webhook.set_endpoint_description(description);
  webhook.clear_scope();
  for (int i = 0; i < 100; ++i) {
    webhook.add_scope(absl::StrCat(std::string(250, 's'), i));
  }
  ExpectKept(webhook);
}

TEST_P(StoreRecords, AnIdIsReadInUpperCase) {
  const v1::Webhook webhook = MakeWebhook(NewProject());
  ASSERT_THAT(CreateWebhook(*store_, webhook), IsOk());
  EXPECT_THAT(GetWebhook(*store_, webhook.id_project(),
                         absl::AsciiStrToUpper(webhook.id_webhook_endpoint())),
              IsOk());
}

TEST_P(StoreRecords, AnUnknownWebhookIsNotFound) {
  EXPECT_THAT(GetWebhook(*store_, NewProject(), NewId()),
              StatusIs(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND"));
}

TEST_P(StoreRecords, AnIdThatIsNotAUuidIsNotFound) {
  const std::string project = NewProject();
  for (const std::string id : {"", "webhook", "' OR 1 --"}) {
    EXPECT_THAT(GetWebhook(*store_, project, id),
                StatusIs(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND"));
  }
}

TEST_P(StoreRecords, AnotherProjectsWebhookIsNotFound) {
  const v1::Webhook webhook = MakeWebhook(NewProject());
  ASSERT_THAT(CreateWebhook(*store_, webhook), IsOk());
  EXPECT_THAT(GetWebhook(*store_, NewProject(), webhook.id_webhook_endpoint()),
              StatusIs(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND"));
}

TEST_P(StoreRecords, AWebhookOfNoProjectIsRefused) {
  EXPECT_THAT(CreateWebhook(*store_, MakeWebhook(NewId())),
              StatusIs(absl::StatusCode::kNotFound, "PROJECT_NOT_FOUND"));
}

TEST_P(StoreRecords, AnIdInUseKeepsItsWebhook) {
  const v1::Webhook first = MakeWebhook(NewProject());
  v1::Webhook second = first;
  second.set_url("https://other.example/");
  ASSERT_THAT(CreateWebhook(*store_, first), IsOk());
  EXPECT_THAT(CreateWebhook(*store_, second),
              StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(GetWebhook(*store_, first.id_project(), first.id_webhook_endpoint())
                ->url(),
            first.url());
}

INSTANTIATE_TEST_SUITE_P(Every, StoreRecords,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
