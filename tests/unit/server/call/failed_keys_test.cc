#include "server/call/failed_keys.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using testing::IsOk;
using testing::StatusIs;

class FailedKeysTest : public ::testing::Test {
 protected:
  void Fail(absl::string_view address, int times) {
    for (int i = 0; i < times; ++i) failed_.AddFailure(address);
  }

  absl::Time now_ = absl::FromUnixSeconds(1800000000);
  int servers_ = 1;
  FailedKeys failed_{[this] { return now_; }, [this] { return servers_; }};
};

TEST_F(FailedKeysTest, LimitOnlyTheirOwnAddress) {
  Fail("a", FailedKeys::kBurst - 1);
  EXPECT_THAT(failed_.Check("a"), IsOk());
  Fail("a", 1);
  EXPECT_THAT(failed_.Check("a"), StatusIs(absl::StatusCode::kResourceExhausted,
                                           "TOO_MANY_FAILED_KEYS"));
  EXPECT_THAT(failed_.Check("b"), IsOk());
}

TEST_F(FailedKeysTest, AreForgivenOneByOne) {
  Fail("a", FailedKeys::kBurst);
  now_ += absl::Seconds(1) / FailedKeys::kPerSecond;
  EXPECT_THAT(failed_.Check("a"), IsOk());
  Fail("a", 1);
  EXPECT_FALSE(failed_.Check("a").ok());
}

TEST_F(FailedKeysTest, AreDividedBetweenTheServers) {
  servers_ = 4;
  Fail("a", FailedKeys::kBurst / 4 - 1);
  EXPECT_THAT(failed_.Check("a"), IsOk());
  Fail("a", 1);
  EXPECT_FALSE(failed_.Check("a").ok());
  now_ += absl::Seconds(4) / FailedKeys::kPerSecond - absl::Milliseconds(1);
  EXPECT_FALSE(failed_.Check("a").ok());
  now_ += absl::Milliseconds(1);
  EXPECT_THAT(failed_.Check("a"), IsOk());
}

TEST_F(FailedKeysTest, CountEvenIfTheyWereCheckedTogether) {
  Fail("a", 2 * FailedKeys::kBurst);
  const absl::Duration debt =
      absl::Seconds(FailedKeys::kBurst / FailedKeys::kPerSecond);
  now_ += debt;
  EXPECT_FALSE(failed_.Check("a").ok());
  now_ += absl::Seconds(1) / FailedKeys::kPerSecond;
  EXPECT_THAT(failed_.Check("a"), IsOk());
  Fail("a", 10 * FailedKeys::kBurst);
  now_ += 2 * debt;
  EXPECT_THAT(failed_.Check("a"), IsOk());
}

TEST_F(FailedKeysTest, AreForgivenEvenIfTheClockIsSetBack) {
  Fail("a", FailedKeys::kBurst);
  now_ -= absl::Hours(1);
  EXPECT_FALSE(failed_.Check("a").ok());
  now_ += absl::Seconds(1);
  EXPECT_THAT(failed_.Check("a"), IsOk());
}

TEST_F(FailedKeysTest, UseBoundedMemory) {
  Fail("a", FailedKeys::kBurst);
  for (int i = 0; i < 20'000; ++i) failed_.AddFailure(absl::StrCat(i));
  EXPECT_THAT(failed_.Check("a"), IsOk());
}

}  // namespace
}  // namespace webhooks::server
