#include "gateway/openapi/failures.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(ReadFailures, TakesEachCodeWithItsText) {
  const ToldFailures told = ReadFailures(
      "Does it. NOT_FOUND: there is none. ABORTED: another was first.");
  EXPECT_EQ(told.rest, "Does it.");
  ASSERT_THAT(told.failures, SizeIs(2));
  EXPECT_THAT(told.failures[0].codes, ElementsAre(absl::StatusCode::kNotFound));
  EXPECT_EQ(told.failures[0].text, "there is none.");
  EXPECT_THAT(told.failures[1].codes, ElementsAre(absl::StatusCode::kAborted));
  EXPECT_EQ(told.failures[1].text, "another was first.");
}

TEST(ReadFailures, SeveralCodesMayShareAText) {
  const ToldFailures told =
      ReadFailures("DEADLINE_EXCEEDED, CANCELLED: nobody waits.");
  ASSERT_THAT(told.failures, SizeIs(1));
  EXPECT_THAT(told.failures[0].codes,
              ElementsAre(absl::StatusCode::kDeadlineExceeded,
                          absl::StatusCode::kCancelled));
}

TEST(ReadFailures, AFailureEndsWithItsParagraph) {
  const ToldFailures told = ReadFailures("INTERNAL: a fault.\n\nOf all calls.");
  ASSERT_THAT(told.failures, SizeIs(1));
  EXPECT_EQ(told.failures[0].text, "a fault.");
  EXPECT_EQ(told.rest, "Of all calls.");
}

TEST(ReadFailures, CodesThatBeginNothingAreText) {
  const absl::string_view comment =
      "It can end with UNAVAILABLE, CANCELLED and INTERNAL as another's: see "
      "NOT_FOUND there.";
  const ToldFailures told = ReadFailures(comment);
  EXPECT_THAT(told.failures, IsEmpty());
  EXPECT_EQ(told.rest, comment);
}

}  // namespace
}  // namespace webhooks::gateway
