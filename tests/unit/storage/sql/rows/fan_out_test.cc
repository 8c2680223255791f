#include "storage/sql/rows/fan_out.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "storage/open.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks::sql {
namespace {

using testing::IsOk;
using testing::StatusIs;

// More webhooks than one transaction handles.
constexpr int kListeners = 4500;

using Response = v1::PublishEventResponse;

class FanOutTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Open();
    const testing::ProjectAndKey made = testing::MakeProject();
    ASSERT_THAT(
        testing::CreateProject(*store_, made.project, made.key, made.hash),
        IsOk());
    project_ = made.project.id_project();
    v1::Webhook webhook = testing::MakeWebhook(project_);
    webhook.clear_scope();
    std::vector<Pending<absl::StatusOr<Created<v1::Webhook>>>> calls(
        kListeners);
    for (auto& call : calls) {
      webhook.set_id_webhook_endpoint(testing::NewId());
      store_->CreateWebhook(webhook, std::nullopt, {}, call.Completion());
      webhooks_.push_back(webhook.id_webhook_endpoint());
    }
    for (auto& call : calls) ASSERT_THAT(call.Get(), IsOk());
  }

  void Open() {
    store_.reset();
    auto store = OpenStore(absl::StrCat("sqlite:", folder_.Path("webhooks.db")),
                           testing::Always());
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
  }

  v1::Event MakeEvent() {
    v1::Event event;
    event.set_id_project(project_);
    event.set_id_event(testing::NewId());
    event.set_type("thing.happened");
    *event.mutable_created_at() = ToTimestamp(now_);
    return event;
  }

  absl::StatusOr<Created<Response>> Publish(
      const v1::Event& event,
      const std::optional<Idempotency>& idempotency = std::nullopt) {
    return Await<Created<Response>>(
        [&](auto done) { store_->PublishEvent(event, idempotency, {}, done); });
  }

  // Publishes, and calls `others` repeatedly until the publication ends.
  absl::StatusOr<Created<Response>> PublishWhile(
      const v1::Event& event, const std::function<void()>& others) {
    std::atomic<bool> has_ended = false;
    Pending<absl::StatusOr<Created<Response>>> published;
    store_->PublishEvent(event, std::nullopt, {},
                         [&, done = published.Completion()](
                             absl::StatusOr<Created<Response>> result) mutable {
                           has_ended = true;
                           done(std::move(result));
                         });
    while (!has_ended) others();
    return published.Get();
  }

  absl::StatusOr<v1::Event> Get(const v1::Event& event) {
    return Await<v1::Event>([&](auto done) {
      store_->GetEvent(project_, event.id_event(), {}, done);
    });
  }

  // Returns the number of deliveries that are leased for the webhook.
  std::size_t Lease(const std::string& webhook) {
    const auto leases = Await<std::vector<EndpointLease>>([&](auto done) {
      store_->LeaseDue({{{project_, webhook}, 10}}, now_, absl::Minutes(1), {},
                       done);
    });
    EXPECT_THAT(leases, IsOk());
    return leases->at(0).deliveries.size();
  }

  std::int64_t CountWaiting() {
    return Await<WaitingCounts>(
               [&](auto done) { store_->CountWaiting(1'000'000, {}, done); })
        ->all;
  }

  void Maintain() {
    while (*Await<bool>([&](auto done) {
      store_->Maintain(now_, absl::Hours(24), {}, done);
    })) {
    }
  }

  // Leaves the rows of a process that ends while it publishes.
  void BeginToPublish(const v1::Event& event) {
    store_.reset();
    {
      auto connection = sqlite::Connection::Open(
          folder_.Path("webhooks.db"), sqlite::Connection::Mode::kWrite);
      ASSERT_THAT(connection, IsOk());
      ReservedSeqs reserved;
      FanOut fan_out({event}, reserved);
      EXPECT_TRUE(*fan_out.Plan(**connection));
      EXPECT_FALSE(*fan_out.Step(**connection));
      Statement row = (*connection)->Prepared("SELECT seq FROM publishing");
      ASSERT_TRUE(row.Step());
      EXPECT_TRUE(reserved.Contains(row.Int64(0)));
    }
    Open();
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  testing::TempFolder folder_;
  std::unique_ptr<Store> store_;
  std::string project_;
  std::vector<std::string> webhooks_;
};

TEST_F(FanOutTest, ReachesEveryListener) {
  const v1::Event event = MakeEvent();
  const auto published = Publish(event);
  ASSERT_THAT(published, IsOk());
  EXPECT_EQ(published->answer.matched_webhooks(), kListeners);
  EXPECT_EQ(CountWaiting(), kListeners);
  EXPECT_EQ(Lease(webhooks_.front()), 1u);
  EXPECT_EQ(Lease(webhooks_.back()), 1u);
  EXPECT_EQ(Get(event)->matched_webhooks(), kListeners);
}

TEST_F(FanOutTest, IsVisibleOnlyWhenItIsComplete) {
  const v1::Event event = MakeEvent();
  std::size_t i = 0;
  const auto published = PublishWhile(event, [&] {
    if (Lease(webhooks_[i++ % webhooks_.size()]) > 0) {
      EXPECT_TRUE(Get(event).ok());
    }
  });
  EXPECT_THAT(published, IsOk());
}

TEST_F(FanOutTest, OfABatchIsAtomic) {
  const v1::Event twice = MakeEvent();
  const auto batch =
      Await<Created<v1::PublishEventBatchResponse>>([&](auto done) {
        store_->PublishEvents(
            project_,
            {MakeEvent(), absl::InvalidArgumentError(""), twice, twice},
            std::nullopt, {}, done);
      });
  ASSERT_THAT(batch, IsOk());
  ASSERT_EQ(batch->answer.results_size(), 4);
  for (const int i : {0, 2, 3}) {
    EXPECT_EQ(batch->answer.results(i).published().matched_webhooks(),
              kListeners);
  }
  EXPECT_TRUE(batch->answer.results(1).has_error());
  EXPECT_EQ(CountWaiting(), 2 * kListeners);
}

TEST_F(FanOutTest, IsRepeatedByItsRequestId) {
  const Idempotency idempotency{{1}, {2}, project_, now_};
  ASSERT_THAT(Publish(MakeEvent(), idempotency), IsOk());
  const auto again = Publish(MakeEvent(), idempotency);
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(CountWaiting(), kListeners);
}

TEST_F(FanOutTest, ThatWasInterruptedIsNeitherVisibleNorDelivered) {
  const v1::Event event = MakeEvent();
  BeginToPublish(event);
  const std::int64_t inserted = CountWaiting();
  EXPECT_THAT(Get(event), StatusIs(absl::StatusCode::kNotFound));
  for (std::size_t i = 0; i < webhooks_.size(); i += 50) {
    EXPECT_EQ(Lease(webhooks_[i]), 0u);
  }
  // The deliveries have not failed either.
  EXPECT_EQ(CountWaiting(), inserted);
}

TEST_F(FanOutTest, ThatWasInterruptedIsDeletedByMaintenance) {
  BeginToPublish(MakeEvent());
  EXPECT_GT(CountWaiting(), 0);
  Maintain();
  EXPECT_EQ(CountWaiting(), 0);
}

TEST_F(FanOutTest, ThatWasInterruptedKeepsItsSeqReserved) {
  BeginToPublish(MakeEvent());
  const auto published = Publish(MakeEvent());
  ASSERT_THAT(published, IsOk());
  Maintain();
  EXPECT_EQ(CountWaiting(), kListeners);
}

TEST_F(FanOutTest, InProgressIsNotDeletedByMaintenance) {
  ASSERT_THAT(PublishWhile(MakeEvent(), [&] { Maintain(); }), IsOk());
  EXPECT_EQ(CountWaiting(), kListeners);
}

}  // namespace
}  // namespace webhooks::sql
