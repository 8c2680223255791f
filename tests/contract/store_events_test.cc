#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "proto/time.h"
#include "storage/uuid.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// Tests the promises of storage/event_store.h about events.
namespace webhooks::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreEvents : public DeliveryContract {};

TEST_P(StoreEvents, AnEventIsDeliveredToTheListenersOfItsType) {
  NewListener();
  v1::Webhook all = MakeWebhook(project_);
  all.clear_scope();
  ASSERT_THAT(CreateWebhook(*store_, all), IsOk());
  NewWebhook(project_);
  NewWebhook();
  EXPECT_EQ(Publish(MakeEvent())->matched_webhooks(), 2);
  EXPECT_EQ(Publish(MakeEvent("thing"))->matched_webhooks(), 1);
}

TEST_P(StoreEvents, DeliveriesAreLeasedWithTheTraceOfTheirPublisher) {
  const v1::Webhook webhook = NewListener();
  CallOptions traced;
  traced.trace = std::make_shared<const TraceHeaders>(
      TraceHeaders{"00-trace-span-01", "vendor=1"});
  for (const CallOptions& options : {traced, CallOptions()}) {
    ASSERT_THAT(Await<Created<Published>>([&](auto done) {
                  store_->PublishEvent(MakeEvent(), std::nullopt, options,
                                       done);
                }),
                IsOk());
    now_ += absl::Milliseconds(1);
  }
  ASSERT_THAT(Await<Created<v1::PublishEventBatchResponse>>([&](auto done) {
                store_->PublishEvents(project_, {MakeEvent()}, std::nullopt,
                                      traced, done);
              }),
              IsOk());
  Reopen();
  const EndpointLease lease = Lease(webhook);
  ASSERT_THAT(lease.deliveries, SizeIs(3));
  EXPECT_EQ(lease.deliveries[0].trace.traceparent, "00-trace-span-01");
  EXPECT_EQ(lease.deliveries[0].trace.tracestate, "vendor=1");
  EXPECT_EQ(lease.deliveries[1].trace.traceparent, "");
  EXPECT_EQ(lease.deliveries[1].trace.tracestate, "");
  EXPECT_EQ(lease.deliveries[2].trace.traceparent, "00-trace-span-01");
}

TEST_P(StoreEvents, AChangedScopeAppliesToLaterEvents) {
  const v1::Webhook webhook = NewListener();
  v1::UpdateWebhookRequest change;
  change.set_id(webhook.id_webhook_endpoint());
  change.add_scope("other");
  change.mutable_update_mask()->add_paths("scope");
  ASSERT_THAT(Await<v1::Webhook>([&](auto done) {
                store_->UpdateWebhook(project_, change, now_, {}, done);
              }),
              IsOk());
  EXPECT_EQ(Publish(MakeEvent())->matched_webhooks(), 0);
  EXPECT_EQ(Publish(MakeEvent("other"))->matched_webhooks(), 1);
}

TEST_P(StoreEvents, ARepeatedEventReturnsTheFirstAnswer) {
  NewListener();
  const v1::Event event = MakeEvent();
  const auto first = Publish(event);
  NewListener();
  const auto second = Publish(event);
  EXPECT_EQ(second->matched_webhooks(), 1);
  EXPECT_THAT(List(), SizeIs(1));
}

TEST_P(StoreEvents, AnotherEventWithTheSameIdIsRefused) {
  v1::Event event = MakeEvent();
  ASSERT_THAT(Publish(event), IsOk());
  event.set_data("{\"a\":1}");
  EXPECT_THAT(Publish(event),
              StatusIs(absl::StatusCode::kAlreadyExists, "EVENT_ID_REUSED"));
}

TEST_P(StoreEvents, ABatchHasAResultForEachEvent) {
  v1::Event known = MakeEvent();
  ASSERT_THAT(Publish(known), IsOk());
  known.set_data("1");
  auto batch = Await<Created<v1::PublishEventBatchResponse>>([&](auto done) {
    store_->PublishEvents(
        project_, {MakeEvent(), known, absl::InvalidArgumentError("bad")},
        std::nullopt, {}, done);
  });
  ASSERT_THAT(batch, IsOk());
  EXPECT_TRUE(batch->answer.results(0).has_published());
  EXPECT_EQ(batch->answer.results(1).error().reason(), "EVENT_ID_REUSED");
  EXPECT_EQ(batch->answer.results(2).error().status(), "INVALID_ARGUMENT");
}

TEST_P(StoreEvents, AreListedByTimeInPages) {
  const absl::Time start = now_;
  std::vector<std::string> published;
  for (int i = 0; i < 6; ++i) published.push_back(PublishOne());
  const EventFilter middle{.published = {start + absl::Milliseconds(1),
                                         start + absl::Milliseconds(5)}};
  std::vector<std::string> listed;
  PageStart<v1::Event> page{.size = 2};
  do {
    const auto part = Await<Page<v1::Event>>([&](auto done) {
      store_->ListEvents(project_, middle, page, {}, done);
    });
    ASSERT_THAT(part, IsOk());
    for (const v1::Event& event : part->records) {
      listed.push_back(event.id_event());
    }
    page.after = part->next;
  } while (page.after);
  EXPECT_THAT(listed, ElementsAre(published[4], published[3], published[2],
                                  published[1]));
}

TEST_P(StoreEvents, ADeliverAtInThePastHasNoEffect) {
  const v1::Webhook webhook = NewListener();
  const std::string first = PublishOne();
  v1::Event event = MakeEvent();
  *event.mutable_deliver_at() = ToTimestamp(now_ - absl::Hours(24 * 365));
  ASSERT_THAT(Publish(event), IsOk());
  Maintain();
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(first, event.id_event()));
  EXPECT_THAT(Publish(event), IsOk());
}

TEST_P(StoreEvents, ABatchWithTooManyDeliveriesIsRefusedAndStoresNothing) {
  for (int i = 0; i < 60; ++i) NewListener();
  EventStore::MaybeEvents events;
  for (int i = 0; i < 1000; ++i) events.emplace_back(MakeEvent());
  const auto batch =
      Await<Created<v1::PublishEventBatchResponse>>([&](auto done) {
        store_->PublishEvents(project_, events, std::nullopt, {}, done);
      });
  EXPECT_THAT(batch, StatusIs(absl::StatusCode::kFailedPrecondition,
                              "FAN_OUT_TOO_LARGE"));
  EXPECT_THAT(List(), IsEmpty());
}

TEST_P(StoreEvents, AreDeletedWithTheirProject) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  ASSERT_THAT(Await<v1::Project>([&](auto done) {
                store_->DeleteProject(project_, now_, {}, done);
              }),
              IsOk());
  EXPECT_THAT(List(), IsEmpty());
  EXPECT_THAT(Publish(MakeEvent()),
              StatusIs(absl::StatusCode::kNotFound, "PROJECT_NOT_FOUND"));
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
  EXPECT_GT(Maintain(), 0);
  EXPECT_THAT(*Await<std::vector<EndpointDue>>(
                  [&](auto done) { store_->ListEndpoints("", 10, {}, done); }),
              IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Every, StoreEvents, ::testing::ValuesIn(AllBackends()),
                         BackendName);

}  // namespace
}  // namespace webhooks::testing
