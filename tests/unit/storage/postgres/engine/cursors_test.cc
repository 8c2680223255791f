#include "storage/postgres/engine/cursors.h"

#include "gtest/gtest.h"

namespace webhooks::postgres {
namespace {

TEST(NextFetch, GrowsUpToAnEnd) {
  EXPECT_EQ(NextFetch(100, 10'000), 400);
  EXPECT_EQ(NextFetch(1000, 100'000), 2000);
}

TEST(NextFetch, ShrinksIfRowsAreLarge) {
  EXPECT_EQ(NextFetch(100, 100 << 20), 3);
  EXPECT_EQ(NextFetch(3, 30 << 20), 1);
  EXPECT_EQ(NextFetch(1, 30 << 20), 1);
}

TEST(NextFetch, GrowsAgainWhenRowsAreSmall) { EXPECT_EQ(NextFetch(1, 100), 4); }

}  // namespace
}  // namespace webhooks::postgres
