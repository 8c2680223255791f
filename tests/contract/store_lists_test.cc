#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/backend.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// Lists of webhooks.
class StoreLists : public StoreContract {
 protected:
  absl::StatusOr<Page<v1::Webhook>> List(
      const std::string& project, const PageStart<v1::Webhook>& start = {},
      const WebhookFilter& filter = {}) {
    return Await<Page<v1::Webhook>>([&](auto done) {
      store_->ListWebhooks(project, filter, start, {}, done);
    });
  }

  // Returns the ids on all pages of `size`.
  std::vector<std::string> ListAll(const std::string& project, int size,
                                   const WebhookFilter& filter = {}) {
    std::vector<std::string> ids;
    std::optional<Uuid> after;
    do {
      const auto page = List(project, {after, size}, filter);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      EXPECT_LE(page->records.size(), static_cast<std::size_t>(size));
      for (const v1::Webhook& webhook : page->records) {
        ids.push_back(webhook.id_webhook_endpoint());
      }
      after = page->next;
    } while (after);
    return ids;
  }

  // Creates webhooks and returns their ids in order.
  std::vector<std::string> Make(const std::string& project, int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      v1::Webhook webhook = MakeWebhook(project);
      ids.push_back(absl::StrCat("01920000-0000-7000-8000-00000000000", i));
      webhook.set_id_webhook_endpoint(ids.back());
      EXPECT_THAT(CreateWebhook(*store_, webhook), IsOk());
    }
    return ids;
  }

  std::string IdOf(v1::Webhook webhook) {
    return CreateWebhook(*store_, webhook)->id_webhook_endpoint();
  }
};

TEST_P(StoreLists, OfAProjectWithoutWebhooksAreEmpty) {
  EXPECT_THAT(ListAll(NewProject(), 10), IsEmpty());
}

TEST_P(StoreLists, HaveEveryWebhookOnceAndInOrderForAnyPageSize) {
  const std::string project = NewProject();
  const std::vector<std::string> ids = Make(project, 7);
  for (const int size : {1, 2, 3, 6, 7, 8, 1000}) {
    EXPECT_THAT(ListAll(project, size), ElementsAreArray(ids)) << size;
  }
}

TEST_P(StoreLists, EndWithThePageOfTheLastWebhook) {
  const std::string project = NewProject();
  Make(project, 4);
  EXPECT_NE(List(project, {.size = 3})->next, std::nullopt);
  EXPECT_EQ(List(project, {.size = 4})->next, std::nullopt);
}

TEST_P(StoreLists, HaveTheSameRecordsAsSingleReads) {
  const v1::Webhook webhook = NewWebhook();
  const auto page = List(webhook.id_project());
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->records.size(), 1u);
  EXPECT_EQ(page->records[0].SerializeAsString(), webhook.SerializeAsString());
}

TEST_P(StoreLists, ContinueBehindADeletedWebhook) {
  const std::string project = NewProject();
  const std::vector<std::string> ids = Make(project, 4);
  const auto next = List(project, {.size = 2})->next;
  for (const std::string& gone : {ids[0], ids[1]}) {
    v1::DeleteWebhookRequest request;
    request.set_id(gone);
    ASSERT_THAT(Await<v1::Webhook>([&](auto done) {
                  store_->DeleteWebhook(project, request, {}, done);
                }),
                IsOk());
  }
  const auto page = List(project, {next, 2});
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->records.size(), 2u);
  EXPECT_EQ(page->records[0].id_webhook_endpoint(), ids[2]);
}

TEST_P(StoreLists, NeverHaveWebhooksOfAnotherProject) {
  const std::string project = NewProject();
  NewWebhook();
  const v1::Webhook own = NewWebhook(project);
  NewWebhook();
  EXPECT_THAT(ListAll(project, 10),
              ElementsAreArray({own.id_webhook_endpoint()}));
}

TEST_P(StoreLists, AreFilteredByActive) {
  const std::string project = NewProject();
  const std::string active = IdOf(MakeWebhook(project));
  v1::Webhook webhook = MakeWebhook(project);
  webhook.set_active(false);
  const std::string inactive = IdOf(webhook);
  EXPECT_THAT(ListAll(project, 1, {.active = true}),
              ElementsAreArray({active}));
  EXPECT_THAT(ListAll(project, 1, {.active = false}),
              ElementsAreArray({inactive}));
}

TEST_P(StoreLists, AreFilteredByExactUrl) {
  const std::string project = NewProject();
  v1::Webhook webhook = MakeWebhook(project);
  webhook.set_url("https://a.example/hook");
  const std::string match = IdOf(webhook);
  for (const std::string other :
       {"https://a.example/hook/", "https://a.example/hoo"}) {
    webhook.set_id_webhook_endpoint(NewId());
    webhook.set_url(other);
    IdOf(webhook);
  }
  webhook.set_id_webhook_endpoint(NewId());
  webhook.clear_url();
  IdOf(webhook);
  EXPECT_THAT(ListAll(project, 10, {.url = "https://a.example/hook"}),
              ElementsAreArray({match}));
}

TEST_P(StoreLists, FilteredByEventTypeHaveItsListeners) {
  const std::string project = NewProject();
  v1::Webhook webhook = MakeWebhook(project);
  webhook.set_id_webhook_endpoint("01920000-0000-7000-8000-000000000001");
  const std::string named = IdOf(webhook);
  webhook.set_id_webhook_endpoint("01920000-0000-7000-8000-000000000002");
  webhook.clear_scope();
  const std::string every = IdOf(webhook);
  webhook.set_id_webhook_endpoint("01920000-0000-7000-8000-000000000003");
  webhook.add_scope("crm.contact.updated2");
  webhook.add_scope("crm.contact");
  IdOf(webhook);
  EXPECT_THAT(ListAll(project, 1, {.event_type = "crm.contact.updated"}),
              ElementsAreArray({named, every}));
}

TEST_P(StoreLists, EndAPageThatGrowsLarge) {
  const std::string project = NewProject();
  v1::Webhook webhook = MakeWebhook(project);
  webhook.clear_scope();
  for (int i = 0; i < 100; ++i) {
    webhook.add_scope(absl::StrCat(std::string(250, 's'), i));
  }
  constexpr int kMany = 100;  // 2.5 MB
  for (int i = 0; i < kMany; ++i) {
    webhook.set_id_webhook_endpoint(NewId());
    ASSERT_THAT(CreateWebhook(*store_, webhook), IsOk());
  }
  const auto page = List(project, {.size = 1000});
  ASSERT_THAT(page, IsOk());
  EXPECT_LT(page->records.size(), static_cast<std::size_t>(kMany));
  EXPECT_EQ(ListAll(project, 1000).size(), static_cast<std::size_t>(kMany));
}

INSTANTIATE_TEST_SUITE_P(Every, StoreLists, ::testing::ValuesIn(AllBackends()),
                         BackendName);

}  // namespace
}  // namespace webhooks::testing
