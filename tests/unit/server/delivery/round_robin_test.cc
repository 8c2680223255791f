#include "server/delivery/round_robin.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr bool kUrgent = true;
constexpr bool kOther = false;

// A queue of names.
class RoundRobinTest : public ::testing::Test {
 protected:
  void Add(const std::string& project, std::string& item, bool is_urgent) {
    queue_.Add(project, &item, is_urgent);
  }

  // Removes the next item; "": there is none.
  std::string Pop() {
    const std::string* const item =
        queue_.Pop([](const std::string&) { return true; });
    return item == nullptr ? "" : *item;
  }

  std::vector<std::string> PopAll() {
    std::vector<std::string> items;
    for (;;) {
      std::string item = Pop();
      if (item.empty()) return items;
      items.push_back(std::move(item));
    }
  }

  std::string a_ = "a", b_ = "b", c_ = "c", d_ = "d", z_ = "z";
  RoundRobin<std::string> queue_;
};

TEST_F(RoundRobinTest, GivesAProjectsItemsInTheirOrder) {
  for (std::string* item : {&a_, &b_, &c_}) Add("p", *item, kOther);
  EXPECT_THAT(PopAll(), ElementsAre("a", "b", "c"));
}

TEST_F(RoundRobinTest, ProjectsTakeTurns) {
  for (std::string* item : {&a_, &b_, &c_}) Add("p", *item, kOther);
  Add("q", z_, kOther);
  EXPECT_THAT(PopAll(), ElementsAre("a", "z", "b", "c"));
}

TEST_F(RoundRobinTest, GivesUrgentItemsFirstInTurnWithOthers) {
  Add("p", a_, kOther);
  Add("p", b_, kOther);
  Add("p", c_, kUrgent);
  Add("p", d_, kUrgent);
  EXPECT_THAT(PopAll(), ElementsAre("c", "a", "d", "b"));
}

TEST_F(RoundRobinTest, UrgentItemsThatKeepComingDoNotKeepOthersWaiting) {
  Add("p", a_, kOther);
  Add("p", b_, kUrgent);
  EXPECT_EQ(Pop(), "b");
  Add("p", b_, kUrgent);
  EXPECT_EQ(Pop(), "a");
}

TEST_F(RoundRobinTest, IsEmptyOnceAllIsTaken) {
  EXPECT_THAT(PopAll(), IsEmpty());
  Add("p", a_, kUrgent);
  EXPECT_THAT(PopAll(), ElementsAre("a"));
  EXPECT_THAT(PopAll(), IsEmpty());
}

}  // namespace
}  // namespace webhooks::server
