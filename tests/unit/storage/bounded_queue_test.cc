#include "storage/bounded_queue.h"

#include <memory>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool Push(BoundedQueue<int>& queue, int item) {
  return queue.TryPush(item, /*bytes=*/1);
}

TEST(BoundedQueue, ReturnsTheOldestItemsUpToTheLimit) {
  BoundedQueue<int> queue(10, /*max_bytes=*/100);
  for (const int item : {1, 2, 3}) EXPECT_TRUE(Push(queue, item));
  EXPECT_THAT(queue.Take(2), ElementsAre(1, 2));
  EXPECT_THAT(queue.Take(2), ElementsAre(3));
}

TEST(BoundedQueue, LeavesARefusedItemToTheCaller) {
  BoundedQueue<std::unique_ptr<int>> queue(1, /*max_bytes=*/100);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  EXPECT_TRUE(queue.TryPush(first, 1));
  EXPECT_FALSE(queue.TryPush(second, 1));
  EXPECT_EQ(*second, 2);
}

TEST(BoundedQueue, HoldsNoMoreThanItsBytes) {
  BoundedQueue<int> queue(10, /*max_bytes=*/100);
  int item = 1;
  EXPECT_TRUE(queue.TryPush(item, 60));
  EXPECT_FALSE(queue.TryPush(item, 50));
  EXPECT_TRUE(queue.TryPush(item, 40));
  queue.Take(1);
  EXPECT_TRUE(queue.TryPush(item, 60));
}

TEST(BoundedQueue, AcceptsAnItemThatIsTooLargeIfItIsEmpty) {
  BoundedQueue<int> queue(10, /*max_bytes=*/100);
  int item = 1;
  EXPECT_TRUE(queue.TryPush(item, 1000));
  EXPECT_FALSE(queue.TryPush(item, 1));
}

TEST(BoundedQueue, ReturnsItsItemsAfterItIsClosed) {
  BoundedQueue<int> queue(10, /*max_bytes=*/100);
  Push(queue, 1);
  queue.Close();
  EXPECT_FALSE(Push(queue, 2));
  EXPECT_FALSE(queue.IsIdle());
  EXPECT_TRUE(queue.WaitForItems());
  EXPECT_THAT(queue.Take(10), ElementsAre(1));
  EXPECT_FALSE(queue.WaitForItems());
  EXPECT_THAT(queue.Take(10), IsEmpty());
  EXPECT_FALSE(queue.IsIdle());
}

TEST(BoundedQueue, WakesAWaitingConsumer) {
  BoundedQueue<int> queue(10, /*max_bytes=*/100);
  std::vector<int> taken;
  std::thread taker([&] {
    if (queue.WaitForItems()) taken = queue.Take(10);
  });
  Push(queue, 7);
  taker.join();
  EXPECT_THAT(taken, ElementsAre(7));
}

TEST(BoundedQueue, IsIdleWhileItIsEmpty) {
  BoundedQueue<int> queue(10, /*max_bytes=*/100);
  EXPECT_TRUE(queue.IsIdle());
  Push(queue, 7);
  EXPECT_FALSE(queue.IsIdle());
  queue.Take(1);
  EXPECT_TRUE(queue.IsIdle());
}

}  // namespace
}  // namespace webhooks
