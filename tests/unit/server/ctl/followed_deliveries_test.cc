#include "server/ctl/followed_deliveries.h"

#include <array>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "storage/uuid.h"
#include "tests/support/status_matchers.h"

namespace webhooks::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

// The deliveries of a server, and a clock.
class FollowedDeliveriesTest : public ::testing::Test {
 protected:
  // Adds a delivery that is made `after` the start.
  std::string Add(absl::Duration after, v1::Delivery::State state) {
    std::array<std::uint8_t, 10> random{};
    random[9] = ++made_;
    random[8] = static_cast<std::uint8_t>(made_ >> 8);
    const std::string id = FormatUuid(MakeUuidV7(kStart + after, random));
    v1::Delivery& row = rows_[id];
    row.set_id_delivery(id);
    Set(id, state, 0);
    return id;
  }

  void Set(const std::string& id, v1::Delivery::State state, int attempts) {
    rows_[id].set_state(state);
    rows_[id].set_attempt_count(attempts);
  }

  FollowedDeliveries Follow(v1::ListDeliveriesRequest wanted = {},
                            FollowedDeliveries::Limits limits = {5, 2}) {
    return FollowedDeliveries(
        {[this](const auto& request) { return List(request); },
         [this](const auto& id) { return Get(id); }},
        wanted, limits);
  }

  std::vector<std::string> Look(FollowedDeliveries& followed) {
    const auto rows = followed.Look(now_);
    EXPECT_THAT(rows, IsOk());
    std::vector<std::string> ids;
    for (const v1::Delivery& row : *rows) ids.push_back(row.id_delivery());
    return ids;
  }

  static v1::ListDeliveriesRequest SinceTheStart() {
    v1::ListDeliveriesRequest wanted;
    *wanted.mutable_start_time() = ToTimestamp(kStart);
    return wanted;
  }

  absl::Time now_ = kStart + absl::Hours(1);
  absl::Status failure_;
  int read_ = 0;

 private:
  // Returns pages of two.
  absl::StatusOr<v1::ListDeliveriesResponse> List(
      const v1::ListDeliveriesRequest& wanted) {
    if (!failure_.ok()) return failure_;
    const std::string lowest =
        wanted.has_start_time()
            ? UuidText(LowestIdAt(FromTimestamp(wanted.start_time())))
            : "";
    v1::ListDeliveriesResponse page;
    for (auto it = rows_.rbegin(); it != rows_.rend(); ++it) {
      if (it->first < lowest) break;
      if (!wanted.page_token().empty() && it->first >= wanted.page_token()) {
        continue;
      }
      if (page.deliveries_size() == 2) {
        page.set_next_page_token(page.deliveries(1).id_delivery());
        break;
      }
      *page.add_deliveries() = it->second;
    }
    return page;
  }

  absl::StatusOr<v1::Delivery> Get(const std::string& id) {
    ++read_;
    const auto found = rows_.find(id);
    if (found == rows_.end()) return absl::NotFoundError(id);
    return found->second;
  }

  std::map<std::string, v1::Delivery> rows_;
  int made_ = 0;
};

TEST_F(FollowedDeliveriesTest, BeginsWithTheFirstThatIsMadeLater) {
  Add(absl::ZeroDuration(), v1::Delivery::PENDING);
  const auto last = Add(absl::Seconds(1), v1::Delivery::PENDING);
  auto followed = Follow();
  EXPECT_THAT(Look(followed), IsEmpty());
  Set(last, v1::Delivery::DELIVERED, 1);
  // In the same millisecond as the last one.
  const auto added = Add(absl::Seconds(1), v1::Delivery::PENDING);
  EXPECT_THAT(Look(followed), ElementsAre(added));
}

TEST_F(FollowedDeliveriesTest, BeginsWithAllOfAnEvent) {
  const auto one = Add(absl::ZeroDuration(), v1::Delivery::DELIVERED);
  const auto two = Add(absl::Seconds(1), v1::Delivery::PENDING);
  v1::ListDeliveriesRequest wanted;
  wanted.set_id_event("an event");
  auto followed = Follow(wanted);
  EXPECT_THAT(Look(followed), ElementsAre(one, two));
}

TEST_F(FollowedDeliveriesTest, BeginsWithTheNewestUpToTheLimit) {
  const auto one = Add(absl::ZeroDuration(), v1::Delivery::PENDING);
  const auto two = Add(absl::Seconds(1), v1::Delivery::PENDING);
  const auto three = Add(absl::Seconds(2), v1::Delivery::PENDING);
  auto followed = Follow(SinceTheStart(), {5, 2, /*first=*/2});
  EXPECT_THAT(Look(followed), ElementsAre(two, three));
  // The others are followed too.
  for (const auto& id : {one, two, three}) Set(id, v1::Delivery::DELIVERED, 1);
  EXPECT_THAT(Look(followed), ElementsAre(one, two, three));
}

// The clock of this machine is an hour ahead of the ids of the server.
TEST_F(FollowedDeliveriesTest, DoesNotGoByTheClockOfThisMachine) {
  auto followed = Follow();
  EXPECT_THAT(Look(followed), IsEmpty());
  const auto added = Add(absl::ZeroDuration(), v1::Delivery::PENDING);
  EXPECT_THAT(Look(followed), ElementsAre(added));
}

TEST_F(FollowedDeliveriesTest, ReturnsEachOnceAndAgainWhenItChanges) {
  const auto one = Add(absl::ZeroDuration(), v1::Delivery::PENDING);
  const auto two = Add(absl::Seconds(1), v1::Delivery::PENDING);
  auto followed = Follow(SinceTheStart());
  EXPECT_THAT(Look(followed), ElementsAre(one, two));
  EXPECT_THAT(Look(followed), IsEmpty());
  Set(one, v1::Delivery::PENDING, 1);
  EXPECT_THAT(Look(followed), ElementsAre(one));
  Set(one, v1::Delivery::DELIVERED, 2);
  EXPECT_THAT(Look(followed), ElementsAre(one));
}

TEST_F(FollowedDeliveriesTest, SeesAllThatAreMadeBetweenTwoLooks) {
  auto followed = Follow(SinceTheStart());
  Look(followed);
  std::vector<std::string> added;
  for (int i = 0; i < 20; ++i) {
    added.push_back(Add(absl::Seconds(i), v1::Delivery::DELIVERED));
  }
  EXPECT_EQ(Look(followed), added);
  for (int i = 0; i < 20; ++i) {
    added[i] = Add(absl::Seconds(100 + i), v1::Delivery::DELIVERED);
  }
  EXPECT_EQ(Look(followed), added);
  EXPECT_THAT(Look(followed), IsEmpty());
}

TEST_F(FollowedDeliveriesTest, SeesTheEndOfOneThatIsNotListedAnyMore) {
  const auto first = Add(absl::ZeroDuration(), v1::Delivery::PENDING);
  auto followed = Follow(SinceTheStart());
  EXPECT_THAT(Look(followed), ElementsAre(first));
  for (int i = 0; i < 20; ++i) {
    Add(absl::Minutes(1 + i), v1::Delivery::DELIVERED);
  }
  Look(followed);
  Set(first, v1::Delivery::FAILED, 2);
  now_ += absl::Minutes(1);
  EXPECT_THAT(Look(followed), ElementsAre(first));
  now_ += absl::Hours(1);
  read_ = 0;
  EXPECT_THAT(Look(followed), IsEmpty());
  EXPECT_EQ(read_, 0);
}

TEST_F(FollowedDeliveriesTest, ReadsFewAtOnceAndAllInTurn) {
  std::vector<std::string> old;
  for (int i = 0; i < 6; ++i) {
    old.push_back(Add(absl::Milliseconds(i), v1::Delivery::PENDING));
  }
  auto followed = Follow(SinceTheStart());
  Look(followed);
  for (int i = 0; i < 10; ++i) {
    Add(absl::Minutes(1 + i), v1::Delivery::DELIVERED);
  }
  Look(followed);
  for (const std::string& id : old) Set(id, v1::Delivery::FAILED, 1);
  std::vector<std::string> changed;
  for (int i = 0; i < 3; ++i) {
    now_ += absl::Minutes(2);
    read_ = 0;
    for (const std::string& id : Look(followed)) changed.push_back(id);
    EXPECT_EQ(read_, 2);
  }
  EXPECT_THAT(changed, ::testing::UnorderedElementsAreArray(old));
}

TEST_F(FollowedDeliveriesTest, ReturnsTheWantedStateAlone) {
  v1::ListDeliveriesRequest wanted = SinceTheStart();
  wanted.set_state(v1::Delivery::FAILED);
  const auto one = Add(absl::ZeroDuration(), v1::Delivery::PENDING);
  auto followed = Follow(wanted);
  EXPECT_THAT(Look(followed), IsEmpty());
  for (int i = 0; i < 20; ++i) {
    Add(absl::Minutes(1 + i), v1::Delivery::DELIVERED);
  }
  EXPECT_THAT(Look(followed), IsEmpty());
  Set(one, v1::Delivery::FAILED, 1);
  now_ += absl::Minutes(1);
  EXPECT_THAT(Look(followed), ElementsAre(one));
}

TEST_F(FollowedDeliveriesTest, LosesNothingByAFailure) {
  auto followed = Follow(SinceTheStart());
  Look(followed);
  const auto added = Add(absl::Seconds(1), v1::Delivery::DELIVERED);
  failure_ = absl::UnavailableError("");
  EXPECT_THAT(followed.Look(now_), StatusIs(absl::StatusCode::kUnavailable));
  failure_ = absl::OkStatus();
  EXPECT_THAT(Look(followed), ElementsAre(added));
}

TEST_F(FollowedDeliveriesTest, SeesOneThatWasCommittedAfterALaterOne) {
  Add(absl::Minutes(1), v1::Delivery::DELIVERED);
  auto followed = Follow(SinceTheStart());
  Look(followed);
  std::vector<std::string> added;
  added.push_back(
      Add(absl::Minutes(1) - absl::Seconds(1), v1::Delivery::DELIVERED));
  for (int i = 0; i < 9; ++i) {
    added.push_back(Add(absl::Minutes(2 + i), v1::Delivery::DELIVERED));
  }
  EXPECT_EQ(Look(followed), added);
}

}  // namespace
}  // namespace webhooks::ctl
