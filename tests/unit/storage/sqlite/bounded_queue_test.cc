#include "storage/sqlite/bounded_queue.h"

#include <memory>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool Push(BoundedQueue<int>& queue, int item) { return queue.TryPush(item); }

TEST(BoundedQueue, GivesTheOldestFirstAndNoMoreThanAsked) {
  BoundedQueue<int> queue(10);
  for (const int item : {1, 2, 3}) EXPECT_TRUE(Push(queue, item));
  EXPECT_THAT(queue.Take(2), ElementsAre(1, 2));
  EXPECT_THAT(queue.Take(2), ElementsAre(3));
}

TEST(BoundedQueue, RefusesWhatDoesNotFitAndLeavesItToTheCaller) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  EXPECT_TRUE(queue.TryPush(first));
  EXPECT_FALSE(queue.TryPush(second));
  EXPECT_EQ(*second, 2);
}

TEST(BoundedQueue, OnceClosedGivesWhatIsLeftAndThenNothing) {
  BoundedQueue<int> queue(10);
  Push(queue, 1);
  queue.Close();
  EXPECT_FALSE(Push(queue, 2));
  EXPECT_THAT(queue.Take(10), ElementsAre(1));
  EXPECT_THAT(queue.Take(10), IsEmpty());
}

TEST(BoundedQueue, WakesATakerThatWaits) {
  BoundedQueue<int> queue(10);
  std::vector<int> taken;
  std::thread taker([&] { taken = queue.Take(10); });
  Push(queue, 7);
  taker.join();
  EXPECT_THAT(taken, ElementsAre(7));
}

}  // namespace
}  // namespace webhooks::sqlite
