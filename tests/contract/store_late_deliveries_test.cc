#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "storage/publishing.h"
#include "storage/uuid.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// Tests the promises of DeliveryStore::DeliverEvent.
namespace webhooks::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr auto kNotFound = absl::StatusCode::kNotFound;

class StoreLateDeliveries : public DeliveryContract {
 protected:
  absl::StatusOr<Created<v1::Delivery>> Deliver(
      const std::string& event, const v1::Webhook& webhook,
      const std::optional<Idempotency>& once = std::nullopt) {
    return Await<Created<v1::Delivery>>([&](auto done) {
      store_->DeliverEvent(webhook.id_project(), event,
                           webhook.id_webhook_endpoint(), now_, once, {}, done);
    });
  }

  static std::string IdOfDelivery(const v1::Event& event,
                                  const v1::Webhook& webhook) {
    return FormatUuid(
        DeliveryId(event, UuidBytes(webhook.id_webhook_endpoint())));
  }

  // Returns the lowest id of all deliveries of the project.
  std::string LowestDelivery() {
    std::string lowest;
    PageStart<v1::Delivery> start;
    do {
      const auto page = Await<Page<v1::Delivery>>([&](auto done) {
        store_->ListDeliveries(project_, {}, start, {}, done);
      });
      if (!page->records.empty()) lowest = page->records.back().id_delivery();
      start.after = page->next;
    } while (start.after);
    return lowest;
  }

  // Publishes an event that no webhook listens to.
  std::string PublishUnmatched() {
    const v1::Event event = MakeEvent("another.type");
    EXPECT_THAT(Publish(event), IsOk());
    now_ += absl::Milliseconds(1);
    return event.id_event();
  }
};

TEST_P(StoreLateDeliveries, AreDueAtOnceWhateverTheScope) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishUnmatched();
  AdvanceTime(absl::Hours(1));
  const auto made = Deliver(event, webhook);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->answer.id_event(), event);
  EXPECT_EQ(made->answer.id_webhook_endpoint(), webhook.id_webhook_endpoint());
  EXPECT_EQ(made->answer.state(), v1::Delivery::PENDING);
  const EndpointLease lease = Lease(webhook);
  EXPECT_THAT(EventsOf(lease), ElementsAre(event));
  EXPECT_EQ(lease.deliveries[0].id, made->answer.id_delivery());
}

TEST_P(StoreLateDeliveries, ReachAWebhookThatIsNewerThanTheEvent) {
  const std::string event = PublishOne();
  const v1::Webhook webhook = NewListener();
  ASSERT_THAT(Deliver(event, webhook), IsOk());
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(event));
}

TEST_P(StoreLateDeliveries, NotifyTheWatcher) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishUnmatched();
  const auto told = NotificationsDuring(
      [&] { ASSERT_THAT(Deliver(event, webhook), IsOk()); });
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].endpoint.webhook, webhook.id_webhook_endpoint());
  EXPECT_TRUE(told[0].is_urgent);
}

TEST_P(StoreLateDeliveries, GoBehindThoseThatWaitForAnOrderedWebhook) {
  const v1::Webhook webhook = NewListener();
  SetOrdered(webhook);
  const std::string late = PublishUnmatched();
  const std::string first = PublishOne();
  ASSERT_THAT(Deliver(late, webhook), IsOk());
  const EndpointLease lease = Lease(webhook);
  ASSERT_THAT(EventsOf(lease), ElementsAre(first));
  ASSERT_THAT(
      Record(ResultOf(webhook, lease.deliveries[0], Outcome::kDelivered)),
      IsOk());
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(late));
}

TEST_P(StoreLateDeliveries, AreRefusedIfThereIsADelivery) {
  const v1::Webhook webhook = NewListener();
  const std::string matched = PublishOne();
  const std::string unmatched = PublishUnmatched();
  ASSERT_THAT(Deliver(unmatched, webhook), IsOk());
  for (const std::string& event : {matched, unmatched}) {
    EXPECT_THAT(Deliver(event, webhook),
                StatusIs(absl::StatusCode::kAlreadyExists, "DELIVERY_EXISTS"));
  }
  EXPECT_THAT(List(), SizeIs(2));
}

TEST_P(StoreLateDeliveries, AreRefusedForAnInactiveOrRemovedWebhook) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishUnmatched();
  SetActive(webhook, false);
  EXPECT_THAT(
      Deliver(event, webhook),
      StatusIs(absl::StatusCode::kFailedPrecondition, "WEBHOOK_INACTIVE"));
  Delete(webhook);
  EXPECT_THAT(Deliver(event, webhook),
              StatusIs(kNotFound, "WEBHOOK_NOT_FOUND"));
  EXPECT_THAT(List(), SizeIs(0));
}

TEST_P(StoreLateDeliveries, AreHeldForAWebhookWithoutAUrl) {
  v1::Webhook webhook = MakeWebhook(project_);
  webhook.clear_url();
  ASSERT_THAT(CreateWebhook(*store_, webhook), IsOk());
  const auto made = Deliver(PublishUnmatched(), webhook);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->answer.state(), v1::Delivery::HELD);
}

TEST_P(StoreLateDeliveries, StayWithinAProject) {
  const v1::Webhook own = NewListener();
  const std::string event = PublishUnmatched();
  const v1::Webhook other = NewWebhook();
  EXPECT_THAT(Deliver(event, other), StatusIs(kNotFound, "EVENT_NOT_FOUND"));
  v1::Webhook mixed = other;
  mixed.set_id_project(project_);
  EXPECT_THAT(Deliver(event, mixed), StatusIs(kNotFound, "WEBHOOK_NOT_FOUND"));
  EXPECT_THAT(Deliver("nonsense", own), StatusIs(kNotFound, "EVENT_NOT_FOUND"));
}

TEST_P(StoreLateDeliveries, AreRefusedOnceTheEventIsDeleted) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishUnmatched();
  AdvanceTime(absl::Hours(25));
  Maintain();
  EXPECT_THAT(Deliver(event, webhook), StatusIs(kNotFound, "EVENT_NOT_FOUND"));
}

TEST_P(StoreLateDeliveries, KeepTheEventThatRetentionIsDeleting) {
  std::vector<v1::Webhook> webhooks;
  for (int i = 0; i < 450; ++i) webhooks.push_back(NewListener());
  const v1::Event event = MakeEvent();
  ASSERT_THAT(Publish(event), IsOk());
  for (const v1::Webhook& webhook : webhooks) {
    ASSERT_THAT(Record(ResultOf(webhook, Lease(webhook).deliveries[0],
                                Outcome::kDelivered)),
                IsOk());
  }
  AdvanceTime(absl::Hours(25));
  ASSERT_THAT(Await<bool>([&](auto done) {
                store_->Maintain(now_, absl::Hours(24), {}, done);
              }),
              IsOk());
  // Retention examines deliveries in the order of ids, and has passed all lower
  // ids than this.
  const std::string next = LowestDelivery();
  v1::Webhook late = NewListener();
  while (IdOfDelivery(event, late) >= next) late = NewListener();
  ASSERT_THAT(Deliver(event.id_event(), late), IsOk());
  Maintain();
  EXPECT_THAT(List(), SizeIs(1));
  EXPECT_THAT(EventsOf(Lease(late)), ElementsAre(event.id_event()));
}

TEST_P(StoreLateDeliveries, AreMadeOnceForARepeatedCall) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishUnmatched();
  const Idempotency once{
      .key = {}, .request = {}, .project = project_, .now = now_};
  const auto first = Deliver(event, webhook, once);
  const auto second = Deliver(event, webhook, once);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_FALSE(first->replayed);
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(second->answer.id_delivery(), first->answer.id_delivery());
}

INSTANTIATE_TEST_SUITE_P(Every, StoreLateDeliveries,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
