#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "tests/contract/backend.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::IsEmpty;

// Projects, their limits and their keys.
class StoreProjects : public StoreContract {
 protected:
  absl::StatusOr<v1::Project> Get(const std::string& id) {
    return Await<v1::Project>(
        [&](auto done) { store_->GetProject(id, {}, done); });
  }

  absl::StatusOr<v1::Project> Update(const v1::UpdateProjectRequest& change) {
    return Await<v1::Project>(
        [&](auto done) { store_->UpdateProject(change, {}, done); });
  }

  absl::StatusOr<v1::Project> Delete(const std::string& id) {
    return Await<v1::Project>(
        [&](auto done) { store_->DeleteProject(id, kNow, {}, done); });
  }

  absl::StatusOr<Page<v1::Project>> List(
      const PageStart<v1::Project>& start = {}) {
    return Await<Page<v1::Project>>(
        [&](auto done) { store_->ListProjects(start, {}, done); });
  }

  absl::StatusOr<v1::CreateApiKeyResponse> CreateKey(const std::string& project,
                                                     const ApiKeyHash& hash) {
    v1::CreateApiKeyResponse answer;
    *answer.mutable_api_key() = MakeProject().key;
    answer.mutable_api_key()->set_id_project(project);
    answer.set_key("whk_text");
    return AnswerOf(Await<Created<v1::CreateApiKeyResponse>>([&](auto done) {
      store_->CreateApiKey(answer, hash, std::nullopt, {}, done);
    }));
  }

  absl::StatusOr<Page<v1::ApiKey>> ListKeys(
      const std::string& project, const PageStart<v1::ApiKey>& start = {}) {
    return Await<Page<v1::ApiKey>>(
        [&](auto done) { store_->ListApiKeys(project, start, {}, done); });
  }

  absl::StatusOr<v1::ApiKey> Revoke(const std::string& id, absl::Time now) {
    return Await<v1::ApiKey>(
        [&](auto done) { store_->RevokeApiKey(id, now, {}, done); });
  }

  absl::Status NoteUse(const std::string& id, absl::Time now) {
    return AwaitStatus(
        [&](auto done) { store_->NoteKeyUse(id, now, {}, done); });
  }

  absl::StatusOr<bool> Maintain() {
    return Await<bool>(
        [&](auto done) { store_->Maintain(kNow, kRetention, {}, done); });
  }

  void LimitWebhooks(const std::string& project, int limit) {
    v1::UpdateProjectRequest change;
    change.set_id(project);
    change.set_max_webhooks(limit);
    change.mutable_update_mask()->add_paths("max_webhooks");
    ASSERT_THAT(Update(change), IsOk());
  }
};

TEST_P(StoreProjects, AreReadAsTheyWereStored) {
  v1::Project project = MakeProject().project;
  project.set_max_webhooks(0);
  project.set_max_requests_per_second(7);
  ASSERT_THAT(Await<Created<v1::Project>>([&](auto done) {
                store_->CreateProject(project, std::nullopt, {}, done);
              }),
              IsOk());
  Reopen();
  const auto read = Get(project.id_project());
  ASSERT_THAT(read, IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(*read, project));
}

TEST_P(StoreProjects, CountTheirWebhooks) {
  const v1::Webhook webhook = NewWebhook();
  NewWebhook(webhook.id_project());
  EXPECT_EQ(Get(webhook.id_project())->webhook_count(), 2);
  v1::DeleteWebhookRequest request;
  request.set_id(webhook.id_webhook_endpoint());
  ASSERT_THAT(Await<v1::Webhook>([&](auto done) {
                store_->DeleteWebhook(webhook.id_project(), request, {}, done);
              }),
              IsOk());
  EXPECT_EQ(Get(webhook.id_project())->webhook_count(), 1);
}

TEST_P(StoreProjects, HaveNoMoreWebhooksThanTheirLimit) {
  const std::string project = NewProject();
  LimitWebhooks(project, 1);
  NewWebhook(project);
  EXPECT_THAT(
      CreateWebhook(*store_, MakeWebhook(project)),
      StatusIs(absl::StatusCode::kResourceExhausted, "WEBHOOK_LIMIT_REACHED"));
  LimitWebhooks(project, 2);
  EXPECT_THAT(CreateWebhook(*store_, MakeWebhook(project)), IsOk());
}

TEST_P(StoreProjects, ChangeTheFieldsInTheMask) {
  const std::string id = NewProject();
  v1::UpdateProjectRequest change;
  change.set_id(id);
  change.set_name("renamed");
  change.set_max_webhooks(5);
  change.mutable_update_mask()->add_paths("name");
  ASSERT_THAT(Update(change), IsOk());
  EXPECT_EQ(Get(id)->name(), "renamed");
  EXPECT_FALSE(Get(id)->has_max_webhooks());
  change.mutable_update_mask()->add_paths("max_webhooks");
  ASSERT_THAT(Update(change), IsOk());
  EXPECT_EQ(Get(id)->max_webhooks(), 5);
  change.clear_max_webhooks();
  ASSERT_THAT(Update(change), IsOk());
  EXPECT_FALSE(Get(id)->has_max_webhooks());
}

TEST_P(StoreProjects, AreListedPageByPage) {
  const std::string ids[] = {NewProject(), NewProject(), NewProject()};
  std::vector<std::string> listed;
  std::optional<Uuid> after;
  do {
    const auto page = List({after, 2});
    ASSERT_THAT(page, IsOk());
    for (const auto& project : page->records) {
      listed.push_back(project.id_project());
    }
    after = page->next;
  } while (after);
  EXPECT_THAT(listed, ::testing::UnorderedElementsAreArray(ids));
  EXPECT_TRUE(std::is_sorted(listed.begin(), listed.end()));
}

TEST_P(StoreProjects, ThatAreUnknownAreNotFound) {
  const auto not_found =
      StatusIs(absl::StatusCode::kNotFound, "PROJECT_NOT_FOUND");
  v1::UpdateProjectRequest change;
  change.set_id(NewId());
  EXPECT_THAT(Get(NewId()), not_found);
  EXPECT_THAT(Update(change), not_found);
  EXPECT_THAT(Delete("nonsense"), not_found);
  EXPECT_THAT(ListKeys(NewId()), not_found);
  EXPECT_THAT(CreateKey(NewId(), MakeProject().hash), not_found);
}

TEST_P(StoreProjects, ThatAreDeletedAreNotFoundAnyMoreNorIsTheirContent) {
  const ProjectAndKey made = MakeProject();
  const std::string id = made.project.id_project();
  ASSERT_THAT(CreateFirstProject(*store_, made.project, made.key, made.hash),
              IsOk());
  const v1::Webhook webhook = NewWebhook(id);
  ASSERT_THAT(Delete(id), IsOk());
  EXPECT_THAT(Get(id), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Delete(id), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(List()->records, IsEmpty());
  EXPECT_TRUE(*HadFirstProject(*store_));
  EXPECT_THAT(FindApiKey(*store_, made.hash),
              StatusIs(absl::StatusCode::kNotFound, "API_KEY_NOT_FOUND"));
  EXPECT_THAT(Revoke(made.key.id_api_key(), kNow),
              StatusIs(absl::StatusCode::kNotFound, "API_KEY_NOT_FOUND"));
  EXPECT_THAT(GetWebhook(*store_, id, webhook.id_webhook_endpoint()),
              StatusIs(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND"));
  EXPECT_THAT(CreateWebhook(*store_, MakeWebhook(id)),
              StatusIs(absl::StatusCode::kNotFound, "PROJECT_NOT_FOUND"));
  const auto page = Await<Page<v1::Webhook>>(
      [&](auto done) { store_->ListWebhooks(id, {}, {}, {}, done); });
  EXPECT_THAT(page->records, IsEmpty());
}

// Maintenance makes the ids and the hash free for another project.
TEST_P(StoreProjects, ThatAreDeletedAreRemovedByMaintenance) {
  const ProjectAndKey made = MakeProject();
  ASSERT_THAT(CreateProject(*store_, made.project, made.key, made.hash),
              IsOk());
  NewWebhook(made.project.id_project());
  ASSERT_THAT(Delete(made.project.id_project()), IsOk());
  while (*Maintain()) {
  }
  EXPECT_THAT(CreateProject(*store_, made.project, made.key, made.hash),
              IsOk());
  EXPECT_EQ(Get(made.project.id_project())->webhook_count(), 0);
}

TEST_P(StoreProjects, ListTheirKeys) {
  const std::string project = NewProject();
  ASSERT_THAT(CreateKey(project, MakeProject().hash), IsOk());
  ASSERT_THAT(CreateKey(project, MakeProject().hash), IsOk());
  const auto first = ListKeys(project, {.size = 2});
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->records.size(), 2u);
  const auto second = ListKeys(project, {first->next, 2});
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->records.size(), 1u);
  EXPECT_EQ(second->next, std::nullopt);
}

TEST_P(StoreProjects, KeepTheExpiryUseAndRevocationOfAKey) {
  const ProjectAndKey made = MakeProject();
  ASSERT_THAT(CreateProject(*store_, made.project, made.key, made.hash),
              IsOk());
  const std::string id = made.key.id_api_key();
  ASSERT_THAT(NoteUse(id, kNow), IsOk());
  ASSERT_THAT(NoteUse(id, kNow - absl::Hours(1)), IsOk());
  const auto revoked = Revoke(id, kNow);
  ASSERT_THAT(revoked, IsOk());
  EXPECT_EQ(Revoke(id, kNow + absl::Hours(1))->SerializeAsString(),
            revoked->SerializeAsString());
  const auto found = FindApiKey(*store_, made.hash);
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(FromTimestamp(found->key.last_used_at()), kNow - absl::Seconds(5));
  EXPECT_EQ(FromTimestamp(found->key.revoked_at()), kNow);
  EXPECT_EQ(found->project.id_project(), made.project.id_project());
}

TEST_P(StoreProjects, IgnoreTheUseOfADeletedKey) {
  EXPECT_THAT(NoteUse(NewId(), kNow), IsOk());
}

INSTANTIATE_TEST_SUITE_P(Every, StoreProjects,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
