#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "proto/time.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// Tests calls at the same time that concern the same record: a store may
// perform them in one transaction.
namespace webhooks::testing {
namespace {

using ::testing::SizeIs;

constexpr int kCalls = 20;

// Enough to make the calls behind them wait, and then share a transaction.
constexpr int kBefore = 50;

class StoreBatches : public DeliveryContract {
 protected:
  // Begins all calls while the store is busy with others.
  template <typename T>
  std::vector<absl::StatusOr<T>> AtOnce(
      const std::function<void(int, Done<T>)>& call) {
    std::vector<Pending<absl::StatusOr<Created<v1::Webhook>>>> before(kBefore);
    for (auto& one : before) {
      store_->CreateWebhook(MakeWebhook(project_), std::nullopt, {},
                            one.Completion());
    }
    std::vector<Pending<absl::StatusOr<T>>> pending(kCalls);
    for (int i = 0; i < kCalls; ++i) call(i, pending[i].Completion());
    for (auto& one : before) EXPECT_THAT(one.Get(), IsOk());
    std::vector<absl::StatusOr<T>> results;
    for (auto& one : pending) results.push_back(one.Get());
    return results;
  }

  template <typename T>
  static int CountOk(const std::vector<absl::StatusOr<T>>& results) {
    int count = 0;
    for (const auto& one : results) count += one.ok() ? 1 : 0;
    return count;
  }

  std::vector<absl::StatusOr<Created<Published>>> PublishAtOnce(
      const std::function<v1::Event(int)>& event) {
    return AtOnce<Created<Published>>([&](int i, auto done) {
      store_->PublishEvent(event(i), std::nullopt, {}, std::move(done));
    });
  }
};

TEST_P(StoreBatches, TheSameEventIsStoredOnce) {
  NewListener();
  const v1::Event event = MakeEvent();
  for (const auto& published : PublishAtOnce([&](int) { return event; })) {
    ASSERT_THAT(published, IsOk());
    EXPECT_EQ(published->answer.matched_webhooks(), 1);
  }
  EXPECT_THAT(List(), SizeIs(1));
}

TEST_P(StoreBatches, OneOfSeveralEventsWithTheSameIdIsStored) {
  NewListener();
  v1::Event event = MakeEvent();
  const auto results = PublishAtOnce([&](int i) {
    event.set_data(absl::StrCat(i));
    return event;
  });
  EXPECT_EQ(CountOk(results), 1);
  for (const auto& one : results) {
    EXPECT_TRUE(one.ok() || absl::IsAlreadyExists(one.status()));
  }
  EXPECT_THAT(List(), SizeIs(1));
}

TEST_P(StoreBatches, EventsGetTheirPlacesInTheOrderOfTheCalls) {
  const v1::Webhook webhook = NewListener();
  std::vector<std::string> ids;
  PublishAtOnce([&](int) {
    const v1::Event event = MakeEvent();
    ids.push_back(event.id_event());
    return event;
  });
  EXPECT_EQ(EventsOf(Lease(webhook)), ids);
}

TEST_P(StoreBatches, TheLimitOfAProjectHolds) {
  constexpr int kLeft = 7;
  v1::UpdateProjectRequest change;
  change.set_id(project_);
  change.set_max_webhooks(kBefore + kLeft);
  change.mutable_update_mask()->add_paths("max_webhooks");
  ASSERT_THAT(Await<v1::Project>(
                  [&](auto done) { store_->UpdateProject(change, {}, done); }),
              IsOk());
  const auto results = AtOnce<Created<v1::Webhook>>([&](int, auto done) {
    store_->CreateWebhook(MakeWebhook(project_), std::nullopt, {},
                          std::move(done));
  });
  EXPECT_EQ(CountOk(results), kLeft);
  const auto project = Await<v1::Project>(
      [&](auto done) { store_->GetProject(project_, {}, done); });
  EXPECT_EQ(project->webhook_count(), kBefore + kLeft);
}

TEST_P(StoreBatches, EachAttemptOfADeliveryCounts) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery first = Lease(webhook).deliveries[0];
  AdvanceTime(kLease);
  const LeasedDelivery second = Lease(webhook).deliveries[0];
  const auto results = AtOnce<RecordedAttempt>([&](int i, auto done) {
    // All but two have lost their lease.
    AttemptResult result = i == 0
                               ? ResultOf(webhook, first, Outcome::kDelivered)
                           : i == 1 ? ResultOf(webhook, second, Outcome::kRetry)
                                    : ResultOf(webhook, first, Outcome::kRetry);
    *result.record.mutable_started_at() =
        ToTimestamp(now_ + absl::Milliseconds(i));
    store_->RecordAttempt(result, {}, std::move(done));
  });
  EXPECT_EQ(CountOk(results), 2);
  const auto delivery = Get(first.id);
  EXPECT_EQ(delivery->attempt_count(), 2);
  EXPECT_EQ(delivery->state(), v1::Delivery::DELIVERED);
}

TEST_P(StoreBatches, ARepeatOfACallIsPerformedOnce) {
  const Idempotency once{{1}, {1}, project_, now_};
  const auto results = AtOnce<Created<v1::Webhook>>([&](int, auto done) {
    store_->CreateWebhook(MakeWebhook(project_), once, {}, std::move(done));
  });
  int performed = 0;
  for (const auto& one : results) {
    ASSERT_THAT(one, IsOk());
    performed += one->replayed ? 0 : 1;
  }
  EXPECT_EQ(performed, 1);
}

TEST_P(StoreBatches, AFailureOfOneCallFailsNoOther) {
  NewListener();
  const v1::Event stored = MakeEvent();
  ASSERT_THAT(Publish(stored), IsOk());
  const auto results = PublishAtOnce([&](int i) {
    v1::Event event = MakeEvent();
    if (i % 5 == 0) event.set_id_project(NewId());
    return event;
  });
  for (int i = 0; i < kCalls; ++i) {
    EXPECT_EQ(results[i].ok(), i % 5 != 0) << results[i].status();
  }
}

INSTANTIATE_TEST_SUITE_P(Every, StoreBatches,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
