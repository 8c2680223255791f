#include "gateway/http/buffer_budget.h"

#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

HttpLimits Limits() {
  HttpLimits limits;
  limits.buffered_bytes = 100;
  limits.buffered_bytes_per_address = 60;
  limits.uncounted_bytes = 10;
  return limits;
}

class BufferBudgetTest : public ::testing::Test {
 protected:
  BufferBudget budget_{Limits()};
  BufferBudget::Share first_{budget_, "192.0.2.1"};
  BufferBudget::Share second_{budget_, "192.0.2.1"};
  BufferBudget::Share other_{budget_, "192.0.2.2"};
};

TEST_F(BufferBudgetTest, HasAShareForEachAddress) {
  EXPECT_TRUE(first_.Resize(40));
  EXPECT_FALSE(second_.Resize(21));
  EXPECT_TRUE(second_.Resize(20));
  EXPECT_TRUE(other_.Resize(40));
}

TEST_F(BufferBudgetTest, HasALimitForAll) {
  EXPECT_TRUE(first_.Resize(60));
  EXPECT_FALSE(other_.Resize(41));
  EXPECT_TRUE(other_.Resize(40));
}

TEST_F(BufferBudgetTest, AlwaysHasRoomForSmallBuffers) {
  EXPECT_TRUE(first_.Resize(60));
  EXPECT_TRUE(second_.Resize(10));
  EXPECT_FALSE(second_.Resize(11));
}

TEST_F(BufferBudgetTest, GetsBackReleasedBytes) {
  EXPECT_TRUE(first_.Resize(60));
  EXPECT_FALSE(first_.Resize(61));
  EXPECT_TRUE(first_.Resize(30));
  EXPECT_TRUE(second_.Resize(30));
  EXPECT_TRUE(first_.Resize(5));
  EXPECT_TRUE(second_.Resize(60));
  {
    BufferBudget::Share third(budget_, "192.0.2.2");
    EXPECT_TRUE(third.Resize(40));
  }
  EXPECT_TRUE(other_.Resize(40));
}

}  // namespace
}  // namespace webhooks::gateway
