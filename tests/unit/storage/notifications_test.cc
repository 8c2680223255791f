#include "storage/notifications.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"

namespace webhooks {
namespace {

using ::testing::ElementsAre;

const absl::Time kDue = absl::FromUnixSeconds(1'800'000'000);
const Endpoint kEndpoint{"project", "webhook"};

class CountingObserver final : public StoreObserver {
 public:
  void WebhookDeactivated(const Endpoint& endpoint,
                          v1::Deactivation::Reason) override {
    deactivated.push_back(endpoint);
  }
  void EventPublished(const PublishedEvent& event) override {
    published.push_back(event.id);
  }
  void DeliveryChanged(const DeliveryChange& change) override {
    changed.push_back(change.delivery);
  }

  std::vector<Endpoint> deactivated;
  std::vector<std::string> published;
  std::vector<std::string> changed;
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

TEST_F(NotifierTest, SendsPublicationsChangesAndDeactivationsToTheObserver) {
  Notifications notifications;
  notifications.AddDeactivation(kEndpoint, v1::Deactivation::GONE);
  PublishedEvent event;
  event.id = "event";
  notifications.AddPublished(event);
  for (const char* delivery : {"first", "second"}) {
    DeliveryChange change;
    change.delivery = delivery;
    notifications.AddChange(change);
  }
  notifier_.Send(notifications);
  EXPECT_THAT(observer_.deactivated, ElementsAre(kEndpoint));
  EXPECT_THAT(observer_.published, ElementsAre("event"));
  EXPECT_THAT(observer_.changed, ElementsAre("first", "second"));
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
