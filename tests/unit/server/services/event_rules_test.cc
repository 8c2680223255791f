#include "server/services/event_rules.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "server/services/event_type_filter.h"
#include "storage/event_store.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;

const absl::Time kEventsNow = absl::FromUnixSeconds(1'800'000'000);
const EventRules kRules{[] { return kEventsNow; }};

v1::PublishEventRequest Event() {
  v1::PublishEventRequest request;
  request.set_type("thing.happened");
  request.set_data(R"({"a":12345678901234567890})");
  return request;
}

TEST(EventRules, AcceptAnyJsonData) {
  v1::PublishEventRequest request = Event();
  EXPECT_THAT(kRules.Check(request), IsOk());
  for (const char* data : {"null", "1e400", "\"text\"", "[]", " { } "}) {
    request.set_data(data);
    EXPECT_THAT(kRules.Check(request), IsOk()) << data;
  }
}

TEST(EventRules, ReportEveryViolationAtOnce) {
  v1::PublishEventRequest request = Event();
  request.set_type("a..b");
  request.set_data("{");
  request.set_id_event("7");
  *request.mutable_deliver_at() =
      ToTimestamp(kEventsNow + absl::Hours(24 * 31));
  EXPECT_THAT(testing::ViolatedFields(kRules.Check(request)),
              ElementsAre("type", "data", "id_event", "deliver_at"));
}

TEST(EventRules, AcceptDataUpTo256KiB) {
  v1::PublishEventRequest request = Event();
  const std::string content(EventStore::kMaxEventBytes - 2, 'x');
  request.set_data("\"" + content + "\"");
  EXPECT_THAT(kRules.Check(request), IsOk());
  request.set_data("\"" + content + "x\"");
  EXPECT_THAT(testing::ViolatedFields(kRules.Check(request)),
              ElementsAre("data"));
}

TEST(EventRules, RefuseTheSameKeyTwiceInData) {
  v1::PublishEventRequest request = Event();
  request.set_data(R"({"a":1,"a":2})");
  EXPECT_THAT(testing::ViolatedFields(kRules.Check(request)),
              ElementsAre("data"));
}

TEST(EventRules, AcceptATimeInThePastAndThirtyDaysAhead) {
  v1::PublishEventRequest request = Event();
  for (const absl::Duration ahead :
       {-absl::Hours(9000), absl::Hours(24 * 30)}) {
    *request.mutable_deliver_at() = ToTimestamp(kEventsNow + ahead);
    EXPECT_THAT(kRules.Check(request), IsOk()) << ahead;
  }
}

TEST(EventRules, AcceptOneToAThousandEventsInABatch) {
  v1::PublishEventBatchRequest request;
  EXPECT_THAT(testing::ViolatedFields(kRules.Check(request)),
              ElementsAre("events"));
  for (int i = 0; i < 1000; ++i) *request.add_events() = Event();
  EXPECT_THAT(kRules.Check(request), IsOk());
  *request.add_events() = Event();
  EXPECT_THAT(testing::ViolatedFields(kRules.Check(request)),
              ElementsAre("events"));
}

TEST(EventRules, RefuseARequestIdWithinABatch) {
  v1::PublishEventRequest request = Event();
  EXPECT_THAT(testing::ViolatedFields(kRules.CheckOneOfMany(request)),
              IsEmpty());
  request.set_request_id("order-7");
  EXPECT_THAT(testing::ViolatedFields(kRules.CheckOneOfMany(request)),
              ElementsAre("request_id"));
}

TEST(EventRules, CheckEveryFilterOfDeliveries) {
  v1::ListDeliveriesRequest request;
  EXPECT_THAT(CheckRequest(request), IsOk());
  request.set_event_type("..");
  request.set_id_webhook_endpoint("1");
  request.set_id_event("2");
  request.set_state(v1::Delivery::STATE_UNSPECIFIED);
  request.mutable_start_time()->set_nanos(-1);
  EXPECT_THAT(testing::ViolatedFields(CheckRequest(request)),
              ElementsAre("start_time", "event_type", "id_webhook_endpoint",
                          "id_event", "state"));
}

// The deprecated name is a field of the message, but no code may call it.
void SetType(v1::ListEventsRequest& request, const std::string& type) {
  const auto* field = request.GetDescriptor()->FindFieldByName("type");
  request.GetReflection()->SetString(&request, field, type);
}

TEST(EventRules, TakeTheTypeOfEventsUnderBothNames) {
  v1::ListEventsRequest old_name, new_name, both;
  SetType(old_name, "a.b");
  new_name.set_event_type("a.b");
  both = old_name;
  both.set_event_type("a.b");
  for (const auto& request : {old_name, new_name, both}) {
    EXPECT_THAT(kRules.Check(request), IsOk());
    EXPECT_EQ(TypeFilter(request), "a.b");
    EXPECT_EQ(WithOneTypeName(request).SerializeAsString(),
              old_name.SerializeAsString());
  }
  EXPECT_EQ(TypeFilter(v1::ListEventsRequest()), std::nullopt);
}

TEST(EventRules, RefuseTwoTypesOfEvents) {
  v1::ListEventsRequest request;
  SetType(request, "a.b");
  request.set_event_type("a.c");
  EXPECT_THAT(testing::ViolatedFields(kRules.Check(request)),
              ElementsAre("event_type"));
}

TEST(EventRules, RefuseAMalformedTypeUnderEachName) {
  v1::ListEventsRequest old_name, new_name;
  SetType(old_name, "..");
  new_name.set_event_type("..");
  EXPECT_THAT(testing::ViolatedFields(kRules.Check(old_name)),
              ElementsAre("type"));
  EXPECT_THAT(testing::ViolatedFields(kRules.Check(new_name)),
              ElementsAre("event_type"));
}

TEST(EventRules, RequireTimesInTheirOrder) {
  v1::ListEventsRequest request;
  request.mutable_start_time()->set_seconds(2000);
  request.mutable_end_time()->set_seconds(2000);
  EXPECT_THAT(testing::ViolatedFields(kRules.Check(request)),
              ElementsAre("end_time"));
  request.mutable_end_time()->set_nanos(1000000);
  EXPECT_THAT(testing::ViolatedFields(kRules.Check(request)), IsEmpty());
}

TEST(EventRules, RefuseTheServicesOwnEventTypes) {
  v1::PublishEventRequest request = Event();
  request.set_type("webhook.deactivated");
  EXPECT_THAT(testing::ViolatedFields(kRules.Check(request)),
              ElementsAre("type"));
  EXPECT_THAT(testing::ViolatedFields(kRules.CheckOneOfMany(request)),
              ElementsAre("type"));
  v1::TestWebhookRequest example;
  example.set_type("webhook.deactivated");
  EXPECT_THAT(testing::ViolatedFields(CheckTypeAndData(example)), IsEmpty());
}

}  // namespace
}  // namespace webhooks::server
