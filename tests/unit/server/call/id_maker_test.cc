#include "server/call/id_maker.h"

#include <string>

#include "gtest/gtest.h"
#include "storage/uuid.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_entropy.h"

namespace webhooks::server {
namespace {

class IdMakerTest : public ::testing::Test {
 protected:
  // Returns the time of the next id.
  absl::Time Next() {
    const auto uuid = ParseUuid(ids_.Make());
    EXPECT_TRUE(uuid);
    return *TimeOfUuidV7(*uuid);
  }

  void Pass(absl::Duration duration) {
    wall_.Advance(duration);
    steady_.Advance(duration);
  }

  testing::FakeClock wall_;
  testing::FakeClock steady_;
  testing::FakeEntropy entropy_;
  const absl::Time start_ = wall_.Now();
  IdMaker ids_{[this] { return wall_.Now(); }, [this] { return steady_.Now(); },
               entropy_, start_ + absl::Hours(1)};
};

TEST_F(IdMakerTest, UsesTheWallClock) {
  Pass(absl::Hours(2));
  wall_.Advance(absl::Hours(3));
  EXPECT_EQ(Next(), wall_.Now());
}

TEST_F(IdMakerTest, ContinuesFromTheLatestStoredId) {
  EXPECT_EQ(Next(), start_ + absl::Hours(1));
  Pass(absl::Minutes(5));
  EXPECT_EQ(Next(), start_ + absl::Hours(1) + absl::Minutes(5));
}

TEST_F(IdMakerTest, ContinuesIfTheWallClockGoesBack) {
  Pass(absl::Hours(2));
  const absl::Time before = Next();
  wall_.Advance(-absl::Minutes(10));
  EXPECT_EQ(Next(), before);
  Pass(absl::Seconds(1));
  EXPECT_EQ(Next(), before + absl::Seconds(1));
}

TEST_F(IdMakerTest, FollowsAWallClockThatGoesFarBack) {
  Pass(absl::Hours(2));
  Next();
  wall_.Advance(-absl::Hours(25));
  EXPECT_EQ(Next(), wall_.Now());
}

}  // namespace
}  // namespace webhooks::server
