#include "storage/fair_queue.h"

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

bool Push(FairQueue<int>& queue, const std::string& owner, int item) {
  return queue.TryPush(owner, item);
}

TEST(FairQueue, LetsOwnersTakeTurns) {
  FairQueue<int> queue(10, /*max_in_progress=*/10);
  for (const int item : {1, 2, 3}) ASSERT_TRUE(Push(queue, "a", item));
  ASSERT_TRUE(Push(queue, "b", 4));
  std::vector<int> taken;
  for (int i = 0; i < 4; ++i) taken.push_back(queue.Take()->item);
  EXPECT_THAT(taken, ::testing::ElementsAre(1, 4, 2, 3));
}

TEST(FairQueue, LetsNoOwnerExceedItsItemsInProgress) {
  FairQueue<int> queue(10, /*max_in_progress=*/1);
  for (const int item : {1, 2}) ASSERT_TRUE(Push(queue, "a", item));
  EXPECT_EQ(queue.Take()->item, 1);
  ASSERT_TRUE(Push(queue, "b", 3));
  EXPECT_EQ(queue.Take()->item, 3);
  queue.Finish("a");
  EXPECT_EQ(queue.Take()->item, 2);
}

TEST(FairQueue, LeavesHalfOfItsCapacityToOthers) {
  FairQueue<int> queue(4, /*max_in_progress=*/1);
  EXPECT_TRUE(Push(queue, "a", 1));
  EXPECT_TRUE(Push(queue, "a", 2));
  EXPECT_FALSE(Push(queue, "a", 3));
  EXPECT_TRUE(Push(queue, "b", 4));
  EXPECT_TRUE(Push(queue, "c", 5));
  EXPECT_FALSE(Push(queue, "d", 6));
}

TEST(FairQueue, ReturnsItsItemsAfterItIsClosed) {
  FairQueue<int> queue(10, /*max_in_progress=*/1);
  for (const int item : {1, 2}) ASSERT_TRUE(Push(queue, "a", item));
  EXPECT_EQ(queue.Take()->item, 1);
  queue.Close();
  EXPECT_FALSE(Push(queue, "b", 3));
  int second = 0;
  bool has_third = true;
  std::thread taker([&] {
    second = queue.Take()->item;
    has_third = queue.Take().has_value();
  });
  queue.Finish("a");
  taker.join();
  EXPECT_EQ(second, 2);
  EXPECT_FALSE(has_third);
}

}  // namespace
}  // namespace webhooks
