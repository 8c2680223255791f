#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/backend.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

class StoreDurability : public StoreContract {};

TEST_P(StoreDurability, RecordsSurviveAReopening) {
  const ProjectAndKey made = MakeProject();
  ASSERT_THAT(CreateProject(*store_, made.project, made.key, made.hash),
              IsOk());
  const v1::Webhook webhook = MakeWebhook(made.project.id_project());
  ASSERT_THAT(CreateWebhook(*store_, webhook), IsOk());
  Reopen();
  EXPECT_THAT(FindApiKey(*store_, made.hash), IsOk());
  EXPECT_THAT(
      GetWebhook(*store_, webhook.id_project(), webhook.id_webhook_endpoint()),
      IsOk());
}

TEST_P(StoreDurability, ChangesFromManyThreadsAreAllKept) {
  const std::string project = NewProject();
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  std::vector<std::vector<std::string>> ids(kThreads);
  std::vector<std::thread> threads;
  for (std::vector<std::string>& own : ids) {
    threads.emplace_back([this, &own, &project] {
      for (int i = 0; i < kEach; ++i) {
        const v1::Webhook webhook = MakeWebhook(project);
        EXPECT_THAT(CreateWebhook(*store_, webhook), IsOk());
        own.push_back(webhook.id_webhook_endpoint());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Reopen();
  for (const std::vector<std::string>& own : ids) {
    for (const std::string& id : own) {
      EXPECT_THAT(GetWebhook(*store_, project, id), IsOk());
    }
  }
}

TEST_P(StoreDurability, ClosingCompletesEveryAcceptedCall) {
  const std::string project = NewProject();
  constexpr int kCalls = 1000;
  std::vector<v1::Webhook> webhooks;
  std::vector<Pending<absl::StatusOr<Created<v1::Webhook>>>> pending(kCalls);
  for (auto& one : pending) {
    webhooks.push_back(MakeWebhook(project));
    store_->CreateWebhook(webhooks.back(), std::nullopt, {}, one.Completion());
  }
  Reopen();
  for (int i = 0; i < kCalls; ++i) {
    EXPECT_THAT(pending[i].Get(), IsOk());
    EXPECT_THAT(GetWebhook(*store_, project, webhooks[i].id_webhook_endpoint()),
                IsOk());
  }
}

INSTANTIATE_TEST_SUITE_P(Every, StoreDurability,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
