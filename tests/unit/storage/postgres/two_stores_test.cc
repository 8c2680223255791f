#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "storage/open.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// Two servers on one database: one delivers, the other one only answers calls.
namespace webhooks::postgres {
namespace {

using testing::IsOk;
using testing::PostgresCluster;
using ::testing::SizeIs;

class TwoStoresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::IsInstalled()) {
      GTEST_SKIP() << "PostgreSQL is not installed";
    }
    url_ = PostgresCluster::Shared().CreateDatabase() + "&beat=1m";
    delivering_ = Start(/*delivers=*/true);
    other_ = Start(/*delivers=*/false);
    const testing::ProjectAndKey made = testing::MakeProject();
    ASSERT_THAT(
        testing::CreateProject(*other_, made.project, made.key, made.hash),
        IsOk());
    project_ = made.project.id_project();
    webhook_ = *testing::CreateWebhook(*other_, testing::MakeWebhook(project_));
  }

  std::unique_ptr<Store> Start(bool delivers) {
    v1::Server self;
    self.set_delivers(delivers);
    auto store = OpenStore(url_, testing::Always(), StoreObserver::None(),
                           &SteadyNow, self);
    EXPECT_THAT(store, IsOk());
    return *std::move(store);
  }

  LeasedDelivery PublishAndLease() {
    v1::Event event;
    event.set_id_project(project_);
    event.set_id_event(testing::NewId());
    event.set_type(webhook_.scope(0));
    event.set_data("{}");
    *event.mutable_created_at() = ToTimestamp(now_);
    EXPECT_THAT(Await<Created<v1::PublishEventResponse>>([&](auto done) {
                  other_->PublishEvent(event, std::nullopt, {}, done);
                }),
                IsOk());
    const auto leases = Await<std::vector<EndpointLease>>([&](auto done) {
      delivering_->LeaseDue({{Target(), 1}}, now_, absl::Minutes(1), {}, done);
    });
    EXPECT_THAT(leases->at(0).deliveries, SizeIs(1));
    return leases->at(0).deliveries[0];
  }

  Endpoint Target() const { return {project_, webhook_.id_webhook_endpoint()}; }

  absl::StatusOr<RecordedAttempt> RecordFailure(const LeasedDelivery& leased) {
    AttemptResult result;
    result.endpoint = Target();
    result.lease = {leased.id, leased.lease};
    result.url = webhook_.url();
    result.attempt = leased.attempt;
    result.outcome = AttemptResult::Outcome::kFailed;
    result.now = now_;
    return Await<RecordedAttempt>(
        [&](auto done) { delivering_->RecordAttempt(result, {}, done); });
  }

  std::string url_;
  std::unique_ptr<Store> delivering_;
  std::unique_ptr<Store> other_;
  std::string project_;
  v1::Webhook webhook_;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
};

TEST_F(TwoStoresTest, ADeliveryThatIsRetriedDuringItsLastAttemptGoesOn) {
  const LeasedDelivery leased = PublishAndLease();
  ASSERT_THAT(Await<v1::Delivery>([&](auto done) {
                other_->RetryDelivery(project_, leased.id, now_, {}, done);
              }),
              IsOk());
  const auto recorded = RecordFailure(leased);
  ASSERT_THAT(recorded, IsOk());
  EXPECT_EQ(recorded->state, v1::Delivery::PENDING);
}

TEST_F(TwoStoresTest, ADeliveryEndsWithItsLastAttempt) {
  const auto recorded = RecordFailure(PublishAndLease());
  ASSERT_THAT(recorded, IsOk());
  EXPECT_EQ(recorded->state, v1::Delivery::FAILED);
}

TEST_F(TwoStoresTest, BothCreateWebhooksOfOneProject) {
  constexpr int kThreads = 64;
  constexpr int kCalls = 30;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      Store& store = i % 2 == 0 ? *delivering_ : *other_;
      for (int call = 0; call < kCalls; ++call) {
        EXPECT_THAT(
            testing::CreateWebhook(store, testing::MakeWebhook(project_)),
            IsOk());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(TwoStoresTest, OnlyTheOwnerLeases) {
  PublishAndLease();
  const auto leases = Await<std::vector<EndpointLease>>([&](auto done) {
    other_->LeaseDue({{Target(), 10}}, now_ + absl::Hours(1), absl::Minutes(1),
                     {}, done);
  });
  EXPECT_THAT(leases->at(0).deliveries, SizeIs(0));
}

}  // namespace
}  // namespace webhooks::postgres
