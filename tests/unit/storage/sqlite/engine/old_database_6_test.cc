#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/await.h"
#include "storage/open.h"
#include "tests/support/database_006.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/storage/sqlite/engine/old_database.h"

namespace webhooks::sqlite {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;

class DatabaseOfVersion6 : public OldDatabase {
 protected:
  DatabaseOfVersion6() : OldDatabase(testing::kDatabase006) {}

  void SetUp() override {
    auto store = Open();
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
  }

  static std::string Event(int number) {
    return absl::StrCat("01010101-0101-0101-0101-01010101010", number);
  }

  // Returns the events that are leased at `now`.
  std::vector<std::string> Lease(absl::Time now) {
    const auto leases = Await<std::vector<EndpointLease>>([&](auto done) {
      store_->LeaseDue({{{project_, webhook_}, 100}}, now, absl::Minutes(1), {},
                       done);
    });
    EXPECT_THAT(leases, IsOk());
    std::vector<std::string> events;
    for (const LeasedDelivery& delivery : leases->at(0).deliveries) {
      events.push_back(delivery.event.id_event());
    }
    return events;
  }

  void Maintain(absl::Time now) {
    bool more = true;
    while (more) {
      more = *Await<bool>(
          [&](auto done) { store_->Maintain(now, absl::Hours(24), {}, done); });
    }
  }

  v1::Delivery::State StateOf(int event) {
    const auto page = Await<Page<v1::Delivery>>([&](auto done) {
      store_->ListDeliveries(project_, {.event = Event(event)}, {}, {}, done);
    });
    EXPECT_THAT(page, IsOk());
    return page->records.empty() ? v1::Delivery::STATE_UNSPECIFIED
                                 : page->records[0].state();
  }

  const std::string project_ = "01a21053-75a6-797e-a810-18bcadc3fc26";
  const std::string webhook_ = "01a21053-7c0b-74b9-b15a-9b28305592c8";
  // The time of the publication of the first event.
  const absl::Time start_ = absl::FromUnixSeconds(1795570300);
  std::unique_ptr<Store> store_;
};

TEST_F(DatabaseOfVersion6, HasItsDeliveriesDueAtTheirTimes) {
  // The clock was set back between these two.
  EXPECT_THAT(Lease(start_),
              ::testing::UnorderedElementsAre(Event(2), Event(3)));
  EXPECT_THAT(Lease(start_ + absl::Minutes(30)), ElementsAre(Event(5)));
  EXPECT_THAT(Lease(start_ + absl::Hours(1)), ElementsAre(Event(4)));
}

TEST_F(DatabaseOfVersion6, KeepsTheOrderOfItsEvents) {
  v1::UpdateWebhookRequest change;
  change.set_id(webhook_);
  change.mutable_delivery()->set_ordered(true);
  change.mutable_update_mask()->add_paths("delivery");
  ASSERT_THAT(Await<v1::Webhook>([&](auto done) {
                store_->UpdateWebhook(project_, change, start_, {}, done);
              }),
              IsOk());
  EXPECT_THAT(Lease(start_ + absl::Seconds(10)), ElementsAre(Event(2)));
}

TEST_F(DatabaseOfVersion6, HasItsEventsWithTheirDeliveries) {
  const auto event = Await<v1::Event>(
      [&](auto done) { store_->GetEvent(project_, Event(1), {}, done); });
  ASSERT_THAT(event, IsOk());
  EXPECT_EQ(event->matched_webhooks(), 1);
  ASSERT_EQ(event->deliveries_size(), 1);
  EXPECT_EQ(event->deliveries(0).state(), v1::Delivery::DELIVERED);
}

TEST_F(DatabaseOfVersion6, KeepsWaitingDeliveriesAndDeletesOldOnes) {
  Maintain(start_ + absl::Hours(24) + absl::Seconds(10));
  EXPECT_EQ(StateOf(1), v1::Delivery::STATE_UNSPECIFIED);
  EXPECT_EQ(StateOf(2), v1::Delivery::FAILED);
  EXPECT_EQ(StateOf(4), v1::Delivery::PENDING);
  EXPECT_EQ(StateOf(5), v1::Delivery::PENDING);
}

TEST_F(DatabaseOfVersion6, HasARetentionClockAtItsLastEvent) {
  const absl::Time later = start_ + absl::Hours(1000);
  EXPECT_EQ(*Await<absl::Time>([&](auto done) {
    store_->AdvanceRetention(later, absl::ZeroDuration(), {}, done);
  }),
            start_ + absl::Seconds(7));
}

}  // namespace
}  // namespace webhooks::sqlite
