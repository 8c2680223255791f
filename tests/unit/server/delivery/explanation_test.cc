#include "server/delivery/explanation.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"

namespace webhooks::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Response = v1::ExplainDeliveryResponse;

const absl::Time kExplainedAt = absl::FromUnixSeconds(1'800'000'000);

// A new event, an older webhook, and a delivery that is due.
class ExplanationTest : public ::testing::Test {
 protected:
  ExplanationTest() {
    facts_.event.set_id_event("01a209fb-2e74-7f2a-9a45-2d9abc3023b7");
    facts_.event.set_type("thing.happened");
    facts_.event.set_data(R"({"b":1.0,"a":2})");
    *facts_.event.mutable_created_at() = ToTimestamp(kExplainedAt);
    facts_.webhook.emplace();
    facts_.webhook->set_active(true);
    *facts_.webhook->mutable_created_at() =
        ToTimestamp(kExplainedAt - absl::Hours(1));
    SetState(v1::Delivery::PENDING);
    SetNext(kExplainedAt);
  }

  void SetState(v1::Delivery::State state) {
    if (!facts_.delivery) facts_.delivery.emplace();
    facts_.delivery->set_state(state);
  }

  void SetNext(absl::Time time) {
    *facts_.delivery->mutable_next_attempt_at() = ToTimestamp(time);
  }

  void AddAttempt(int status) {
    v1::Attempt& attempt = *facts_.delivery->add_attempts();
    attempt.set_number(facts_.delivery->attempts_size());
    attempt.set_status(status);
    attempt.set_error(v1::Attempt::HTTP_STATUS);
    *attempt.mutable_started_at() =
        ToTimestamp(kExplainedAt - absl::Minutes(1));
    facts_.delivery->set_attempt_count(facts_.delivery->attempts_size());
  }

  Response::Reason Reason() {
    return Explain(facts_, kExplainedAt, std::nullopt).reason();
  }

  DeliveryFacts facts_;
};

TEST_F(ExplanationTest, ADueDeliveryWaitsForItsTurn) {
  EXPECT_EQ(Reason(), Response::WAITING);
}

TEST_F(ExplanationTest, ALaterDeliveryIsScheduledOrRetried) {
  SetNext(kExplainedAt + absl::Hours(1));
  EXPECT_EQ(Reason(), Response::SCHEDULED);
  AddAttempt(500);
  const Response response = Explain(facts_, kExplainedAt, std::nullopt);
  EXPECT_EQ(response.reason(), Response::RETRYING);
  EXPECT_EQ(FromTimestamp(response.next_attempt_at()),
            kExplainedAt + absl::Hours(1));
  EXPECT_THAT(response.message(), HasSubstr("HTTP_STATUS"));
}

TEST_F(ExplanationTest, BehindOthersOnlyAnOrderedWebhookWaits) {
  facts_.first_in_line = "01a2";
  EXPECT_EQ(Reason(), Response::WAITING);
  facts_.webhook->mutable_delivery()->set_ordered(true);
  EXPECT_EQ(Reason(), Response::BEHIND_ANOTHER);
  const Response response = Explain(facts_, kExplainedAt, std::nullopt);
  EXPECT_THAT(response.message(), HasSubstr("delivery 01a2"));
  EXPECT_FALSE(response.has_next_attempt_at());
}

TEST_F(ExplanationTest, AFailingFirstOfAnOrderedWebhookSaysThatOthersWait) {
  facts_.webhook->mutable_delivery()->set_ordered(true);
  facts_.others_wait = true;
  SetNext(kExplainedAt + absl::Hours(1));
  AddAttempt(500);
  EXPECT_THAT(Explain(facts_, kExplainedAt, std::nullopt).message(),
              HasSubstr("wait for it"));
}

TEST_F(ExplanationTest, SaysUntilWhenTheEndpointIsPaused) {
  const absl::Time until = kExplainedAt + absl::Minutes(30);
  Response response = Explain(facts_, kExplainedAt, until);
  EXPECT_EQ(response.reason(), Response::WAITING);
  EXPECT_EQ(FromTimestamp(response.next_attempt_at()), until);
  EXPECT_THAT(response.message(), HasSubstr("until 2027-01-15T08:30:00Z"));
  SetNext(until + absl::Minutes(1));
  response = Explain(facts_, kExplainedAt, until);
  EXPECT_EQ(FromTimestamp(response.next_attempt_at()),
            until + absl::Minutes(1));
}

TEST_F(ExplanationTest, APauseDoesNotAffectAFinishedDelivery) {
  SetState(v1::Delivery::DELIVERED);
  facts_.delivery->clear_next_attempt_at();
  const Response response =
      Explain(facts_, kExplainedAt, kExplainedAt + absl::Minutes(30));
  EXPECT_THAT(response.message(), Not(HasSubstr("paused")));
  EXPECT_FALSE(response.has_next_attempt_at());
}

TEST_F(ExplanationTest, FinalStatesAreReasons) {
  SetState(v1::Delivery::IN_FLIGHT);
  EXPECT_EQ(Reason(), Response::IN_FLIGHT);
  SetState(v1::Delivery::DELIVERED);
  EXPECT_EQ(Reason(), Response::DELIVERED);
  SetState(v1::Delivery::CANCELLED);
  EXPECT_EQ(Reason(), Response::CANCELLED);
  facts_.webhook.reset();
  EXPECT_EQ(Reason(), Response::WEBHOOK_REMOVED);
}

TEST_F(ExplanationTest, AFailureIsOfTheScheduleOrOfTheReceiver) {
  SetState(v1::Delivery::FAILED);
  AddAttempt(500);
  EXPECT_EQ(Reason(), Response::SCHEDULE_ENDED);
  AddAttempt(410);
  EXPECT_EQ(Reason(), Response::RECEIVER_GONE);
}

TEST_F(ExplanationTest, AFailureWithoutAnAttemptHasAReasonOfItsOwn) {
  SetState(v1::Delivery::FAILED);
  facts_.delivery->set_failure_reason(v1::Delivery::EXPIRED);
  EXPECT_EQ(Reason(), Response::EXPIRED);
  facts_.delivery->set_failure_reason(v1::Delivery::EVENT_DAMAGED);
  EXPECT_EQ(Reason(), Response::EVENT_DAMAGED);
}

TEST_F(ExplanationTest, AHeldDeliveryWaitsForTheWebhookOrItsUrl) {
  SetState(v1::Delivery::HELD);
  EXPECT_EQ(Reason(), Response::WEBHOOK_WITHOUT_URL);
  facts_.webhook->set_active(false);
  EXPECT_EQ(Reason(), Response::WEBHOOK_INACTIVE);
}

TEST_F(ExplanationTest, AnInactiveWebhookHasTheCauseOfItsDeactivation) {
  SetState(v1::Delivery::HELD);
  facts_.webhook->set_active(false);
  const auto message = [this] {
    return Explain(facts_, kExplainedAt, std::nullopt).message();
  };
  EXPECT_THAT(message(), Not(HasSubstr("deactivated")));
  facts_.webhook->mutable_deactivation()->set_reason(v1::Deactivation::GONE);
  EXPECT_THAT(message(), HasSubstr("deactivated it: GONE"));
}

TEST_F(ExplanationTest, WithoutADeliveryTheWebhookIsNewerOrOfAnotherScope) {
  facts_.delivery.reset();
  EXPECT_EQ(Reason(), Response::NOT_IN_SCOPE);
  *facts_.webhook->mutable_created_at() =
      ToTimestamp(kExplainedAt + absl::Seconds(1));
  EXPECT_EQ(Reason(), Response::WEBHOOK_IS_NEWER);
}

TEST_F(ExplanationTest, ShowsWhatWasSignedAtTheLatestAttempt) {
  AddAttempt(500);
  const Response response = Explain(facts_, kExplainedAt, std::nullopt);
  EXPECT_EQ(response.signed_content(),
            "01a209fb-2e74-7f2a-9a45-2d9abc3023b7.1799999940."
            R"({"id_event":"01a209fb-2e74-7f2a-9a45-2d9abc3023b7",)"
            R"("type":"thing.happened","timestamp":"2027-01-15T08:00:00Z",)"
            R"("data":{"b":1.0,"a":2}})");
  EXPECT_EQ(response.signed_data(), R"({"b":1,"a":2})");
}

}  // namespace
}  // namespace webhooks::server
