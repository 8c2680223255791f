#include "storage/publishing.h"

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "storage/errors.h"

namespace webhooks {
namespace {

v1::Event MakeEvent() {
  v1::Event event;
  event.set_id_event("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  event.set_type("order.paid");
  event.set_data("{}");
  *event.mutable_created_at() = ToTimestamp(absl::FromUnixSeconds(100));
  return event;
}

TEST(Event, RepeatsAnotherIfTypeDataAndTimeAreEqual) {
  const v1::Event first = MakeEvent();
  v1::Event second = first;
  *second.mutable_created_at() = ToTimestamp(absl::FromUnixSeconds(200));
  EXPECT_TRUE(IsRepeat(second, first));
  second.set_data("{ }");
  EXPECT_FALSE(IsRepeat(second, first));
  second = first;
  *second.mutable_deliver_at() = ToTimestamp(absl::UnixEpoch());
  EXPECT_FALSE(IsRepeat(second, first));
}

TEST(Event, IsIntactWithAValidTypeAndValidData) {
  v1::Event event = MakeEvent();
  EXPECT_TRUE(IsIntact(event));
  event.set_data("{");
  EXPECT_FALSE(IsIntact(event));
  event.clear_data();
  EXPECT_TRUE(IsIntact(event));
  event.clear_type();
  EXPECT_FALSE(IsIntact(event));
}

TEST(Event, IsDueAtItsPublicationOrLater) {
  v1::Event event = MakeEvent();
  EXPECT_EQ(FirstDue(event), absl::FromUnixSeconds(100));
  *event.mutable_deliver_at() = ToTimestamp(absl::FromUnixSeconds(50));
  EXPECT_EQ(DeliverAt(event), absl::FromUnixSeconds(50));
  EXPECT_EQ(FirstDue(event), absl::FromUnixSeconds(100));
  *event.mutable_deliver_at() = ToTimestamp(absl::FromUnixSeconds(150));
  EXPECT_EQ(FirstDue(event), absl::FromUnixSeconds(150));
}

TEST(DeliveryId, FollowsFromEventAndWebhook) {
  const v1::Event event = MakeEvent();
  EXPECT_EQ(DeliveryId(event, "a"), DeliveryId(event, "a"));
  EXPECT_NE(DeliveryId(event, "a"), DeliveryId(event, "b"));
  EXPECT_EQ(TimeOfUuidV7(DeliveryId(event, "a")), absl::FromUnixSeconds(100));
}

TEST(PublishEventResult, HasTheErrorOfARefusedEvent) {
  const v1::PublishEventResult result = ResultOf(EventIdReused());
  EXPECT_EQ(result.error().status(), "ALREADY_EXISTS");
  EXPECT_EQ(result.error().reason(), "EVENT_ID_REUSED");
}

}  // namespace
}  // namespace webhooks
