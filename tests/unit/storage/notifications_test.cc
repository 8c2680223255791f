#include "storage/notifications.h"

#include <vector>

#include "gtest/gtest.h"

namespace webhooks {
namespace {

const absl::Time kDue = absl::FromUnixSeconds(1'800'000'000);
const Endpoint kEndpoint{"project", "webhook"};

class CountingObserver final : public StoreObserver {
 public:
  void WebhookDeactivated(v1::Deactivation::Reason) override {
    ++deactivations;
  }
  void DeliveriesExpired(const Endpoint&, int count) override {
    expired += count;
  }
  void DeliveriesCancelled(int count) override { cancelled += count; }

  int deactivations = 0;
  int expired = 0;
  int cancelled = 0;
};

class NotifierTest : public ::testing::Test {
 protected:
  NotifierTest() {
    notifier_.Watch([this](const EndpointDue& due) { dues_.push_back(due); });
  }

  CountingObserver observer_;
  Notifier notifier_{observer_};
  std::vector<EndpointDue> dues_;
};

TEST_F(NotifierTest, SendsOneNotificationPerEndpointWithTheEarliestTime) {
  Notifications notifications;
  notifications.AddDue(kEndpoint, kDue + absl::Hours(1));
  notifications.AddDue(kEndpoint, kDue);
  notifications.AddDue(kEndpoint, kDue + absl::Hours(2));
  notifier_.Send(notifications);
  ASSERT_EQ(dues_.size(), 1u);
  EXPECT_EQ(dues_[0].due, kDue);
  EXPECT_FALSE(dues_[0].has_changed);
}

TEST_F(NotifierTest, MarksAnUrgentEndpointAsChanged) {
  Notifications notifications;
  notifications.AddUrgent(kEndpoint, kDue);
  notifications.AddDue(kEndpoint, kDue);
  notifier_.Send(notifications);
  ASSERT_EQ(dues_.size(), 1u);
  EXPECT_TRUE(dues_[0].has_changed);
  EXPECT_TRUE(dues_[0].is_urgent);
}

TEST_F(NotifierTest, SendsDeactivationsAndEndsToTheObserver) {
  Notifications notifications;
  notifications.AddCancelled(2);
  notifications.AddCancelled(1);
  notifications.AddDeactivation(v1::Deactivation::GONE);
  notifications.AddExpired(kEndpoint);
  notifications.AddExpired(kEndpoint);
  notifier_.Send(notifications);
  EXPECT_EQ(observer_.deactivations, 1);
  EXPECT_EQ(observer_.expired, 2);
  EXPECT_EQ(observer_.cancelled, 3);
  EXPECT_TRUE(dues_.empty());
}

TEST_F(NotifierTest, SendsNothingWithoutAWatcher) {
  notifier_.Watch(nullptr);
  Notifications notifications;
  notifications.AddDue(kEndpoint, kDue);
  notifier_.Send(notifications);
  EXPECT_TRUE(dues_.empty());
}

}  // namespace
}  // namespace webhooks
