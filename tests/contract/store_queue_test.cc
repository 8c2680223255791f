#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "storage/timestamp.h"
#include "storage/uuid.h"
#include "tests/contract/delivery_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

// What storage/delivery_queue.h promises.
namespace webhooks::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreQueue : public DeliveryContract {};

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
  const EndpointLease second = Lease(webhook);
  EXPECT_THAT(second.deliveries, IsEmpty());
  EXPECT_EQ(second.next_due, now_ + kLease);
  now_ += kLease;
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(event));
}

TEST_P(StoreQueue, ADeliveryIsInFlightOnceItsAttemptBegins) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  EXPECT_EQ(Get(leased.id)->state(), v1::Delivery::PENDING);
  store_->BeginAttempt(NameOf(leased));
  EXPECT_EQ(Get(leased.id)->state(), v1::Delivery::IN_FLIGHT);
}

TEST_P(StoreQueue, AnOlderLeaseEndsWithoutTheNewerOne) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery first = Lease(webhook).deliveries[0];
  now_ += kLease;
  const LeasedDelivery second = Lease(webhook).deliveries[0];
  store_->GiveUpLeases({NameOf(first)});
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
  EXPECT_THAT(Record(ResultOf(webhook, first, Outcome::kDelivered)),
              StatusIs(absl::StatusCode::kAborted, "LEASE_LOST"));
  EXPECT_THAT(Record(ResultOf(webhook, second, Outcome::kDelivered)), IsOk());
}

TEST_P(StoreQueue, ALeaseThatIsGivenUpWasNot) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const EndpointLease lease = Lease(webhook);
  store_->GiveUpLeases({NameOf(lease.deliveries[0])});
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
  ++leased.lease;
  EXPECT_THAT(Record(ResultOf(webhook, leased, Outcome::kDelivered)),
              StatusIs(absl::StatusCode::kAborted, "LEASE_LOST"));
  --leased.lease;
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kDelivered)), IsOk());
  EXPECT_THAT(Record(ResultOf(webhook, leased, Outcome::kFailed)),
              StatusIs(absl::StatusCode::kAborted, "LEASE_LOST"));
  EXPECT_EQ(Get(leased.id)->state(), v1::Delivery::DELIVERED);
}

TEST_P(StoreQueue, ALateRecordDoesNotEndTheNextAttemptsLease) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const AttemptResult first =
      ResultOf(webhook, Lease(webhook).deliveries[0], Outcome::kRetry);
  ASSERT_THAT(Record(first), IsOk());
  now_ += absl::Seconds(5);
  ASSERT_THAT(Lease(webhook).deliveries, SizeIs(1));
  EXPECT_THAT(Record(first),
              StatusIs(absl::StatusCode::kAborted, "LEASE_LOST"));
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
}

TEST_P(StoreQueue, ALeaseThatIsRenewedLastsLonger) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  store_->RenewLease(NameOf(leased), now_ + 2 * kLease);
  store_->RenewLease({leased.id, leased.lease + 1}, now_);
  now_ += kLease;
  EXPECT_THAT(Lease(webhook).deliveries, IsEmpty());
  now_ += kLease;
  EXPECT_THAT(Lease(webhook).deliveries, SizeIs(1));
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

TEST_P(StoreQueue, OneThatBecomesOrderedWaitsForWhatIsInFlight) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  const std::string second = PublishOne();
  const LeasedDelivery first = Lease(webhook, 1).deliveries[0];
  SetOrdered(webhook);
  const EndpointLease waiting = Lease(webhook);
  EXPECT_THAT(waiting.deliveries, IsEmpty());
  EXPECT_EQ(waiting.next_due, now_ + kLease);
  const std::vector<EndpointDue> told = Told([&] {
    EXPECT_THAT(Record(ResultOf(webhook, first, Outcome::kDelivered)), IsOk());
  });
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_LE(told[0].due, now_);
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(second));
}

TEST_P(StoreQueue, TheNextOfAnOrderedWebhookIsDueOnceTheFirstIsCancelled) {
  v1::DeliverySettings settings;
  settings.set_ordered(true);
  const v1::Webhook webhook = NewListener(&settings);
  PublishOne();
  const std::string second = PublishOne();
  const LeasedDelivery first = Lease(webhook).deliveries[0];
  ASSERT_THAT(Record(ResultOf(webhook, first, Outcome::kRetry)), IsOk());
  const std::vector<EndpointDue> told =
      Told([&] { EXPECT_THAT(Cancel(first.id), IsOk()); });
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_LE(told[0].due, now_);
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(second));
}

TEST_P(StoreQueue, AFirstThatIsCancelledInFlightLetsTheNextOneGo) {
  v1::DeliverySettings settings;
  settings.set_ordered(true);
  const v1::Webhook webhook = NewListener(&settings);
  PublishOne();
  PublishOne();
  const LeasedDelivery first = Lease(webhook).deliveries[0];
  ASSERT_THAT(Cancel(first.id), IsOk());
  const std::vector<EndpointDue> told = Told([&] {
    EXPECT_THAT(Record(ResultOf(webhook, first, Outcome::kRetry)), IsOk());
  });
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_LE(told[0].due, now_);
}

TEST_P(StoreQueue, ARetryOfAnOrderedWebhookKeepsItsPlace) {
  v1::DeliverySettings settings;
  settings.set_ordered(true);
  const v1::Webhook webhook = NewListener(&settings);
  const std::string first = PublishOne();
  const LeasedDelivery leased = Lease(webhook).deliveries[0];
  ASSERT_THAT(Record(ResultOf(webhook, leased, Outcome::kRetry)), IsOk());
  PublishOne();
  const std::vector<EndpointDue> told =
      Told([&] { EXPECT_THAT(Retry(leased.id), IsOk()); });
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_TRUE(told[0].is_urgent);
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(first));
}

TEST_P(StoreQueue, ARetryOfWhatHadEndedGoesBehindOthersOfAnOrderedWebhook) {
  v1::DeliverySettings settings;
  settings.set_ordered(true);
  const v1::Webhook webhook = NewListener(&settings);
  const std::string first = PublishOne();
  const LeasedDelivery failed = Lease(webhook).deliveries[0];
  ASSERT_THAT(Record(ResultOf(webhook, failed, Outcome::kFailed)), IsOk());
  const std::string second = PublishOne();
  now_ += absl::Seconds(1);
  EXPECT_THAT(Retry(failed.id), IsOk());
  const EndpointLease lease = Lease(webhook);
  EXPECT_THAT(EventsOf(lease), ElementsAre(second));
  ASSERT_THAT(
      Record(ResultOf(webhook, lease.deliveries[0], Outcome::kDelivered)),
      IsOk());
  EXPECT_THAT(EventsOf(Lease(webhook)), ElementsAre(first));
}

TEST_P(StoreQueue, AChangedWebhookIsTriedThoughItWasToBeLeftAlone) {
  const v1::Webhook webhook = NewListener();
  const std::vector<EndpointDue> told =
      Told([&] { SetUrl(webhook, "https://another.example/hook"); });
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_TRUE(told[0].has_changed);
  EXPECT_TRUE(told[0].is_urgent);
}

TEST_P(StoreQueue, TheWatcherIsToldThatAProjectIsDeleted) {
  const std::vector<EndpointDue> told = Told([&] {
    EXPECT_THAT(Await<v1::Project>([&](auto done) {
                  store_->DeleteProject(project_, now_, {}, done);
                }),
                IsOk());
  });
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].endpoint, (Endpoint{project_, ""}));
  EXPECT_TRUE(told[0].has_changed);
}

TEST_P(StoreQueue, AReceiverThatWasReplacedMeanwhileDeactivatesNothing) {
  const v1::Webhook webhook = NewListener();
  PublishOne();
  AttemptResult result =
      ResultOf(webhook, Lease(webhook).deliveries[0], Outcome::kFailed);
  result.gone = true;
  SetUrl(webhook, "https://another.example/hook");
  ASSERT_THAT(Record(result), IsOk());
  EXPECT_TRUE(
      GetWebhook(*store_, project_, webhook.id_webhook_endpoint())->active());
}

TEST_P(StoreQueue, PatienceBeginsAnewWithAnotherReceiver) {
  v1::Webhook webhook = NewListener();
  const auto fail = [&] {
    PublishOne();
    AttemptResult result =
        ResultOf(webhook, Lease(webhook).deliveries[0], Outcome::kFailed);
    result.patience = absl::Hours(1);
    return Record(result);
  };
  ASSERT_THAT(fail(), IsOk());
  now_ += absl::Hours(1);
  webhook.set_url("https://another.example/hook");
  SetUrl(webhook, webhook.url());
  ASSERT_THAT(fail(), IsOk());
  EXPECT_TRUE(
      GetWebhook(*store_, project_, webhook.id_webhook_endpoint())->active());
}

TEST_P(StoreQueue, ADeactivatedWebhookIsNotToldOfItself) {
  v1::Webhook everything = MakeWebhook(project_);
  everything.clear_scope();
  everything = *CreateWebhook(*store_, everything);
  PublishOne();
  AttemptResult result =
      ResultOf(everything, Lease(everything).deliveries[0], Outcome::kFailed);
  result.gone = true;
  ASSERT_THAT(Record(result), IsOk());
  EXPECT_THAT(List(), SizeIs(1));
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
  const absl::Time due = now_;
  const std::vector<EndpointDue> told = Told([&] { PublishOne(); });
  PublishOne();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].endpoint,
            (Endpoint{project_, webhook.id_webhook_endpoint()}));
  EXPECT_EQ(told[0].due, due);
}

TEST_P(StoreQueue, EndpointsThatSomethingWaitsForAreListedInPages) {
  std::vector<std::string> webhooks(3);
  for (std::string& webhook : webhooks) {
    webhook = NewListener().id_webhook_endpoint();
  }
  NewWebhook(project_);
  PublishOne();
  std::sort(webhooks.begin(), webhooks.end());
  EXPECT_THAT(Endpoints("", 2), ElementsAre(webhooks[0], webhooks[1]));
  EXPECT_THAT(Endpoints(webhooks[1], 2), ElementsAre(webhooks[2]));
}

INSTANTIATE_TEST_SUITE_P(Every, StoreQueue, ::testing::ValuesIn(AllBackends()),
                         BackendName);

}  // namespace
}  // namespace webhooks::testing
