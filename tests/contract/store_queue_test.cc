#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "storage/timestamp.h"
#include "storage/uuid.h"
#include "tests/contract/backend.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// What storage/event_store.h, delivery_queue.h and delivery_store.h promise of
// an event on its way.
namespace webhooks::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = AttemptResult::Outcome;
using Published = v1::PublishEventResponse;

constexpr absl::Duration kLease = absl::Minutes(1);
constexpr char kType[] = "thing.happened";

class StoreQueue : public StoreContract {
 protected:
  // A webhook of the project that listens to kType.
  v1::Webhook NewListener(const v1::DeliverySettings* settings = nullptr) {
    v1::Webhook webhook = MakeWebhook(project_);
    webhook.clear_scope();
    webhook.add_scope(kType);
    if (settings != nullptr) *webhook.mutable_delivery() = *settings;
    return *CreateWebhook(*store_, webhook);
  }

  v1::Event MakeEvent(const std::string& type = kType) {
    v1::Event event;
    event.set_id_project(project_);
    event.set_id_event(NewId());
    event.set_type(type);
    event.set_data("{}");
    *event.mutable_created_at() = ToTimestamp(now_);
    return event;
  }

  absl::StatusOr<Published> Publish(const v1::Event& event) {
    return AnswerOf(Await<Created<Published>>([&](auto done) {
      store_->PublishEvent(event, std::nullopt, {}, done);
    }));
  }

  // Publishes an event of kType and moves on a millisecond; its id.
  std::string PublishOne() {
    const v1::Event event = MakeEvent();
    EXPECT_THAT(Publish(event), IsOk());
    now_ += absl::Milliseconds(1);
    return event.id_event();
  }

  EndpointLease Lease(const v1::Webhook& webhook, int limit = 100) {
    const LeaseWish wish{{project_, webhook.id_webhook_endpoint()}, limit};
    auto leases = Await<std::vector<EndpointLease>>(
        [&](auto done) { store_->LeaseDue({wish}, now_, kLease, {}, done); });
    EXPECT_THAT(leases, IsOk());
    return leases.ok() ? std::move(leases->at(0)) : EndpointLease();
  }

  std::vector<std::string> EventsOf(const EndpointLease& lease) {
    std::vector<std::string> events;
    for (const LeasedDelivery& delivery : lease.deliveries) {
      events.push_back(delivery.event.id_event());
    }
    return events;
  }

  AttemptResult ResultOf(const v1::Webhook& webhook,
                         const LeasedDelivery& delivery, Outcome outcome) {
    AttemptResult result;
    result.endpoint = {project_, webhook.id_webhook_endpoint()};
    result.delivery = delivery.id;
    result.attempt = delivery.attempt;
    result.record.set_number(delivery.attempt);
    *result.record.mutable_started_at() = ToTimestamp(now_);
    result.outcome = outcome;
    result.now = now_;
    result.retry_at = now_ + absl::Seconds(5);
    return result;
  }

  absl::Status Record(const AttemptResult& result) {
    return AwaitStatus(
        [&](auto done) { store_->RecordAttempt(result, {}, done); });
  }

  absl::StatusOr<v1::Delivery> Get(const std::string& id) {
    return Await<v1::Delivery>(
        [&](auto done) { store_->GetDelivery(project_, id, {}, done); });
  }

  std::vector<v1::Delivery> List(const DeliveryFilter& filter = {}) {
    return Await<Page<v1::Delivery>>([&](auto done) {
             store_->ListDeliveries(project_, filter, {}, {}, done);
           })
        ->records;
  }

  void SetActive(const v1::Webhook& webhook, bool active) {
    v1::UpdateWebhookRequest change;
    change.set_id(webhook.id_webhook_endpoint());
    change.set_active(active);
    change.mutable_update_mask()->add_paths("active");
    EXPECT_THAT(Await<v1::Webhook>([&](auto done) {
                  store_->UpdateWebhook(project_, change, now_, {}, done);
                }),
                IsOk());
  }

  void Delete(const v1::Webhook& webhook) {
    v1::DeleteWebhookRequest request;
    request.set_id(webhook.id_webhook_endpoint());
    EXPECT_THAT(Await<v1::Webhook>([&](auto done) {
                  store_->DeleteWebhook(project_, request, {}, done);
                }),
                IsOk());
  }

  absl::StatusOr<v1::Delivery> Retry(const std::string& id) {
    return Await<v1::Delivery>([&](auto done) {
      store_->RetryDelivery(project_, id, now_, {}, done);
    });
  }

  absl::StatusOr<v1::Delivery> Cancel(const std::string& id) {
    return Await<v1::Delivery>(
        [&](auto done) { store_->CancelDelivery(project_, id, {}, done); });
  }

  // The webhooks that something waits for, behind `after`.
  std::vector<std::string> Endpoints(const std::string& after, int limit) {
    const auto endpoints = Await<std::vector<EndpointDue>>(
        [&](auto done) { store_->ListEndpoints(after, limit, {}, done); });
    EXPECT_THAT(endpoints, IsOk());
    std::vector<std::string> names;
    for (const EndpointDue& due : endpoints.value()) {
      names.push_back(due.endpoint.webhook);
    }
    return names;
  }

  // How many steps did something.
  int Maintain(absl::Duration retention = absl::Hours(24)) {
    int steps = 0;
    while (*Await<bool>(
        [&](auto done) { store_->Maintain(now_, retention, {}, done); })) {
      ++steps;
    }
    return steps;
  }

  const std::string project_ = NewProject();
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
};

TEST_P(StoreQueue, AnEventGoesToThoseThatListenToItsType) {
  NewListener();
  v1::Webhook all = MakeWebhook(project_);
  all.clear_scope();
  ASSERT_THAT(CreateWebhook(*store_, all), IsOk());
  NewWebhook(project_);
  NewWebhook();
  EXPECT_EQ(Publish(MakeEvent())->matched_webhooks(), 2);
  EXPECT_EQ(Publish(MakeEvent("thing"))->matched_webhooks(), 1);
}

TEST_P(StoreQueue, AScopeThatChangesCountsFromThenOn) {
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

TEST_P(StoreQueue, TheSameEventAgainIsTheFirstOne) {
  NewListener();
  const v1::Event event = MakeEvent();
  const auto first = Publish(event);
  NewListener();
  const auto second = Publish(event);
  EXPECT_EQ(second->matched_webhooks(), 1);
  EXPECT_THAT(List(), SizeIs(1));
}

TEST_P(StoreQueue, AnotherEventWithTheSameIdIsRefused) {
  v1::Event event = MakeEvent();
  ASSERT_THAT(Publish(event), IsOk());
  event.set_data("{\"a\":1}");
  EXPECT_THAT(Publish(event),
              StatusIs(absl::StatusCode::kAlreadyExists, "EVENT_ID_REUSED"));
}

TEST_P(StoreQueue, ABatchHasAResultForEach) {
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

TEST_P(StoreQueue, LeasesWhatIsDueTheEarliestFirst) {
  const v1::Webhook webhook = NewListener();
  const std::string first = PublishOne();
  const std::string second = PublishOne();
  v1::Event later = MakeEvent();
  *later.mutable_deliver_at() = ToTimestamp(now_ + absl::Hours(1));
  ASSERT_THAT(Publish(later), IsOk());
  const EndpointLease lease = Lease(webhook);
  EXPECT_THAT(EventsOf(lease), ElementsAre(first, second));
  EXPECT_EQ(lease.next_due, now_ + absl::Hours(1));
  EXPECT_EQ(lease.secrets.secrets(0).secret(), webhook.secret());
}

TEST_P(StoreQueue, LeasesNoMoreThanIsWished) {
  const v1::Webhook webhook = NewListener();
  const std::string first = PublishOne();
  PublishOne();
  const EndpointLease lease = Lease(webhook, 1);
  EXPECT_THAT(EventsOf(lease), ElementsAre(first));
  EXPECT_LE(lease.next_due, now_);
}

TEST_P(StoreQueue, LeasesADeliveryOnceUntilItsLeaseEnds) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishOne();
  const EndpointLease lease = Lease(webhook);
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
  EXPECT_EQ(Get(lease.deliveries[0].id)->state(), v1::Delivery::IN_FLIGHT);
  now_ += kLease;
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(event));
}

TEST_P(StoreQueue, ALeaseThatIsGivenUpWasNot) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const EndpointLease lease = Lease(webhook);
  store_->GiveUpLeases({lease.deliveries[0].id});
  EXPECT_EQ(Lease(webhook).deliveries[0].attempt, 1);
}

TEST_P(StoreQueue, ALeaseEndsWithTheStoreThatGaveIt) {
  const v1::Webhook webhook = NewListener();
  const std::string event = PublishOne();
  Lease(webhook);
  Reopen();
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(event));
}

TEST_P(StoreQueue, ASuccessIsDelivered) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kDelivered)), IsOk());
  Reopen();
  const auto delivery = Get(leased.id);
  EXPECT_EQ(delivery->state(), v1::Delivery::DELIVERED);
  EXPECT_EQ(delivery->attempt_count(), 1);
  EXPECT_THAT(delivery->attempts(), SizeIs(1));
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
}

TEST_P(StoreQueue, AFailureIsDueAgainWhenTheResultSays) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kRetry)), IsOk());
  EXPECT_EQ(Lease(webhook).next_due, now_ + absl::Seconds(5));
  EXPECT_EQ(FromTimestamp(Get(leased.id)->next_attempt_at()),
            now_ + absl::Seconds(5));
  now_ += absl::Seconds(5);
  const LeasedDelivery again = Lease(webhook).deliveries[0];
  EXPECT_EQ(again.attempt, 2);
  EXPECT_EQ(again.step, 2);
}

TEST_P(StoreQueue, AnAttemptWithoutItsLeaseChangesNothing) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  LeasedDelivery leased = Lease(webhook).deliveries[0];
  leased.attempt = 2;
  EXPECT_THAT(Record(ResultOf(webhook, leased, Outcome::kDelivered)),
              StatusIs(absl::StatusCode::kAborted, "LEASE_LOST"));
  leased.attempt = 1;
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kDelivered)), IsOk());
  EXPECT_THAT(Record(ResultOf(webhook, leased, Outcome::kFailed)),
              StatusIs(absl::StatusCode::kAborted, "LEASE_LOST"));
  EXPECT_EQ(Get(leased.id)->state(), v1::Delivery::DELIVERED);
}

TEST_P(StoreQueue, AnInactiveWebhooksDeliveriesAreHeld) {
  const v1::Webhook webhook = NewListener();
  SetActive(webhook, false);
  const std::string event = PublishOne();
  const EndpointLease held = Lease(webhook);
  EXPECT_FALSE(held.webhook.has_value());
  EXPECT_THAT(held.deliveries, IsEmpty());
  EXPECT_EQ(List()[0].state(), v1::Delivery::HELD);
  now_ += absl::Hours(1);
  SetActive(webhook, true);
  const EndpointLease lease = Lease(webhook);
  EXPECT_THAT(EventsOf(lease), ElementsAre(event));
  EXPECT_EQ(lease.resumed_at, now_);
}

TEST_P(StoreQueue, AnOrderedWebhookGetsTheFirstAloneAndInItsTime) {
  v1::DeliverySettings settings;
  settings.set_ordered(true);
  const v1::Webhook webhook = NewListener(&settings);
  const std::string first = PublishOne();
  const std::string second = PublishOne();
  const EndpointLease lease = Lease(webhook);
  EXPECT_THAT(EventsOf(lease), ElementsAre(first));
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
  ASSERT_THAT(Record(ResultOf(webhook, lease.deliveries[0], Outcome::kRetry)),
              IsOk());
  const EndpointLease waiting = Lease(webhook);
  EXPECT_THAT(waiting.deliveries, IsEmpty());
  EXPECT_EQ(waiting.next_due, now_ + absl::Seconds(5));
  now_ += absl::Seconds(5);
  const EndpointLease again = Lease(webhook);
  EXPECT_THAT(EventsOf(again), ElementsAre(first));
  ASSERT_THAT(
      Record(ResultOf(webhook, again.deliveries[0], Outcome::kDelivered)),
      IsOk());
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(second));
}

TEST_P(StoreQueue, OneThatIsGoneIsDeactivatedAndTheOthersAreTold) {
  const v1::Webhook gone = NewListener();
  v1::Webhook other = MakeWebhook(project_);
  other.clear_scope();
  other.add_scope("webhook.deactivated");
  other = *CreateWebhook(*store_, other);
  PublishOne();
  AttemptResult result =
      ResultOf(gone, Lease(gone).deliveries[0], Outcome::kFailed);
  result.gone = true;
  ASSERT_THAT(Record(result), IsOk());
  const auto webhook =
      GetWebhook(*store_, project_, gone.id_webhook_endpoint());
  EXPECT_FALSE(webhook->active());
  EXPECT_EQ(webhook->deactivation().reason(), v1::Deactivation::GONE);
  EXPECT_NE(webhook->etag(), gone.etag());
  const EndpointLease told = Lease(other);
  ASSERT_THAT(told.deliveries, SizeIs(1));
  EXPECT_EQ(told.deliveries[0].event.type(), "webhook.deactivated");
}

TEST_P(StoreQueue, FailingForLongDeactivates) {
  const v1::Webhook webhook = NewListener();
  const auto fail = [&] {
    PublishOne();
    AttemptResult result =
        ResultOf(webhook, Lease(webhook).deliveries[0], Outcome::kFailed);
    result.patience = absl::Hours(1);
    return Record(result);
  };
  const auto is_active = [&] {
    return GetWebhook(*store_, project_, webhook.id_webhook_endpoint())
        ->active();
  };
  ASSERT_THAT(fail(), IsOk());
  now_ += absl::Minutes(59);
  ASSERT_THAT(fail(), IsOk());
  EXPECT_TRUE(is_active());
  now_ += absl::Minutes(1);
  ASSERT_THAT(fail(), IsOk());
  EXPECT_FALSE(is_active());
}

TEST_P(StoreQueue, ASuccessInBetweenIsPatienceAnew) {
  const v1::Webhook webhook = NewListener();
  for (const Outcome outcome :
       {Outcome::kFailed, Outcome::kDelivered, Outcome::kFailed}) {
    PublishOne();
    AttemptResult result =
        ResultOf(webhook, Lease(webhook).deliveries[0], outcome);
    result.patience = absl::Hours(1);
    ASSERT_THAT(Record(result), IsOk());
    now_ += absl::Minutes(40);
  }
  EXPECT_TRUE(
      GetWebhook(*store_, project_, webhook.id_webhook_endpoint())->active());
}

TEST_P(StoreQueue, TheWatcherIsToldOfWhatIsDue) {
  const v1::Webhook webhook = NewListener();
  std::vector<EndpointDue> told;
  store_->Watch([&](const EndpointDue& due) { told.push_back(due); });
  const absl::Time due = now_;
  PublishOne();
  store_->Watch(nullptr);
  PublishOne();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].endpoint,
            (Endpoint{project_, webhook.id_webhook_endpoint()}));
  EXPECT_EQ(told[0].due, due);
}

TEST_P(StoreQueue, EndpointsThatSomethingWaitsForAreListedInPages) {
  std::vector<std::string> webhooks;
  for (int i = 0; i < 3; ++i) {
    webhooks.push_back(NewListener().id_webhook_endpoint());
  }
  NewWebhook(project_);
  PublishOne();
  std::sort(webhooks.begin(), webhooks.end());
  EXPECT_THAT(Endpoints("", 2), ElementsAre(webhooks[0], webhooks[1]));
  EXPECT_THAT(Endpoints(webhooks[1], 2), ElementsAre(webhooks[2]));
}

TEST_P(StoreQueue, AnEndedDeliveryIsRetriedWithItsScheduleAnew) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  EXPECT_THAT(Retry(leased.id), StatusIs(absl::StatusCode::kFailedPrecondition,
                                         "DELIVERY_IN_FLIGHT"));
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kFailed)), IsOk());
  EXPECT_EQ(Get(leased.id)->state(), v1::Delivery::FAILED);
  EXPECT_EQ(Retry(leased.id)->state(), v1::Delivery::PENDING);
  const LeasedDelivery again = Lease(webhook).deliveries[0];
  EXPECT_EQ(again.attempt, 2);
  EXPECT_EQ(again.step, 1);
}

TEST_P(StoreQueue, ACancelledDeliveryIsNotAttempted) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const std::string id = List()[0].id_delivery();
  EXPECT_EQ(Cancel(id)->state(), v1::Delivery::CANCELLED);
  EXPECT_EQ(Cancel(id)->state(), v1::Delivery::CANCELLED);
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
}

TEST_P(StoreQueue, ASuccessCountsThoughItWasCancelledMeanwhile) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  PublishOne();
  const std::vector<LeasedDelivery> leased = Lease(webhook).deliveries;
  for (const LeasedDelivery& delivery : leased) {
    ASSERT_THAT(Cancel(delivery.id), IsOk());
  }
  ASSERT_THAT(Record(ResultOf(webhook, leased[0], Outcome::kDelivered)),
              IsOk());
  ASSERT_THAT(Record(ResultOf(webhook, leased[1], Outcome::kRetry)), IsOk());
  EXPECT_EQ(Get(leased[0].id)->state(), v1::Delivery::DELIVERED);
  EXPECT_EQ(Get(leased[1].id)->state(), v1::Delivery::CANCELLED);
  EXPECT_THAT(
      Cancel(leased[0].id),
      StatusIs(absl::StatusCode::kFailedPrecondition, "DELIVERY_ENDED"));
}

TEST_P(StoreQueue, ARemovedWebhooksDeliveriesAreCancelled) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  Delete(webhook);
  const std::string id = List()[0].id_delivery();
  EXPECT_EQ(Get(id)->state(), v1::Delivery::CANCELLED);
  EXPECT_THAT(Retry(id), StatusIs(absl::StatusCode::kFailedPrecondition,
                                  "WEBHOOK_REMOVED"));
  EXPECT_GT(Maintain(), 0);
  EXPECT_EQ(Get(id)->state(), v1::Delivery::CANCELLED);
  EXPECT_THAT(*Await<std::vector<EndpointDue>>(
                  [&](auto done) { store_->ListEndpoints("", 10, {}, done); }),
              IsEmpty());
}

TEST_P(StoreQueue, DeliveriesAreListedTheNewestFirstAndByFilter) {
  const v1::Webhook webhook = NewListener();
  const v1::Webhook other = NewListener();
  const absl::Time start = now_;
  const std::string first = PublishOne();
  const std::string second = PublishOne();
  EXPECT_THAT(List(), SizeIs(4));
  const auto events = [&](const DeliveryFilter& filter) {
    std::vector<std::string> ids;
    for (const v1::Delivery& delivery : List(filter)) {
      ids.push_back(delivery.id_event());
    }
    return ids;
  };
  const std::string id = webhook.id_webhook_endpoint();
  EXPECT_THAT(events({.webhook = id}), ElementsAre(second, first));
  EXPECT_THAT(events({.event = first}), ElementsAre(first, first));
  EXPECT_THAT(events({.webhook = id, .event = first}), ElementsAre(first));
  EXPECT_THAT(events({.webhook = id,
                      .published = {start, start + absl::Milliseconds(1)}}),
              ElementsAre(first));
  EXPECT_THAT(events({.state = v1::Delivery::FAILED}), IsEmpty());
  EXPECT_THAT(events({.event_type = "other"}), IsEmpty());
}

TEST_P(StoreQueue, ListsContinueWhereAPageEnded) {
  const v1::Webhook webhook = NewListener();
  std::vector<std::string> published;
  for (int i = 0; i < 5; ++i) published.push_back(PublishOne());
  std::vector<std::string> deliveries;
  std::vector<std::string> events;
  PageStart start{"", 2};
  do {
    const auto page = Await<Page<v1::Delivery>>([&](auto done) {
      store_->ListDeliveries(project_, {}, start, {}, done);
    });
    for (const auto& record : page->records) {
      deliveries.push_back(record.id_event());
    }
    start.after = page->next;
  } while (!start.after.empty());
  do {
    const auto page = Await<Page<v1::Event>>(
        [&](auto done) { store_->ListEvents(project_, {}, start, {}, done); });
    for (const auto& record : page->records) {
      events.push_back(record.id_event());
    }
    start.after = page->next;
  } while (!start.after.empty());
  std::reverse(published.begin(), published.end());
  EXPECT_EQ(deliveries, published);
  EXPECT_EQ(events, published);
}

TEST_P(StoreQueue, WhatIsOlderThanTheRetentionGoesInSteps) {
  NewListener();
  for (int i = 0; i < 300; ++i) PublishOne();
  now_ += absl::Hours(23);
  const std::string kept = PublishOne();
  now_ += absl::Hours(2);
  EXPECT_GT(Maintain(), 1);
  ASSERT_THAT(List(), SizeIs(1));
  EXPECT_EQ(List()[0].id_event(), kept);
}

TEST_P(StoreQueue, AnEventWithMoreDeliveriesThanAStepTakesGoesToo) {
  for (int i = 0; i < 250; ++i) NewListener();
  const std::string event = PublishOne();
  now_ += absl::Hours(25);
  EXPECT_GT(Maintain(), 0);
  EXPECT_THAT(List(), IsEmpty());
  EXPECT_THAT(Await<v1::Event>([&](auto done) {
                store_->GetEvent(project_, event, {}, done);
              }),
              StatusIs(absl::StatusCode::kNotFound, "EVENT_NOT_FOUND"));
}

TEST_P(StoreQueue, AnEventThatIsToBeDeliveredLaterIsKeptUntilThen) {
  NewListener();
  v1::Event event = MakeEvent();
  *event.mutable_deliver_at() = ToTimestamp(now_ + absl::Hours(48));
  ASSERT_THAT(Publish(event), IsOk());
  now_ += absl::Hours(47);
  Maintain();
  EXPECT_THAT(List(), SizeIs(1));
}

TEST_P(StoreQueue, ADeletedProjectTakesItsEventsAlong) {
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

TEST_P(StoreQueue, AJobRetriesWhatFailedInItsTimeAlsoAfterAReopening) {
  const v1::Webhook webhook = NewListener();
  const auto fail = [&] {
    PublishOne();
    const LeasedDelivery leased = Lease(webhook).deliveries[0];
    EXPECT_THAT(Record(ResultOf(webhook, leased, Outcome::kFailed)), IsOk());
    return leased.id;
  };
  const std::string before = fail();
  const absl::Time start = now_;
  const std::string within = fail();
  v1::RetryJob job;
  job.set_id_retry_job(FormatUuid(MakeUuidV7(now_, {})));
  job.set_id_project(project_);
  job.set_id_webhook_endpoint(webhook.id_webhook_endpoint());
  *job.mutable_start_time() = ToTimestamp(start);
  *job.mutable_end_time() = ToTimestamp(now_);
  job.set_state(v1::RetryJob::RUNNING);
  ASSERT_THAT(Await<Created<v1::RetryJob>>([&](auto done) {
                store_->CreateRetryJob(job, std::nullopt, {}, done);
              }),
              IsOk());
  Reopen();
  Maintain();
  EXPECT_EQ(Get(before)->state(), v1::Delivery::FAILED);
  EXPECT_EQ(Get(within)->state(), v1::Delivery::PENDING);
  const auto done_job = Await<v1::RetryJob>([&](auto done) {
    store_->GetRetryJob(project_, job.id_retry_job(), {}, done);
  });
  EXPECT_EQ(done_job->state(), v1::RetryJob::DONE);
  EXPECT_EQ(done_job->retried_count(), 1);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreQueue, ::testing::ValuesIn(AllBackends()),
                         BackendName);

}  // namespace
}  // namespace webhooks::testing
