#include "server/delivery/round_robin.h"

#include <set>
#include <string>
#include <utility>
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

  // Removes and returns the next item; "" if there is none.
  std::string Pop() {
    const std::string* const item =
        queue_.Pop(version_, [this](const std::string& project) {
          ++questions_;
          return !barred_.contains(project);
        });
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
  // Projects that may not have an item.
  std::set<std::string> barred_;
  std::int64_t version_ = 0;
  int questions_ = 0;
  RoundRobin<std::string> queue_;
};

TEST_F(RoundRobinTest, ReturnsAProjectsItemsInTheirOrder) {
  for (std::string* item : {&a_, &b_, &c_}) Add("p", *item, kOther);
  EXPECT_THAT(PopAll(), ElementsAre("a", "b", "c"));
}

TEST_F(RoundRobinTest, ProjectsTakeTurns) {
  for (std::string* item : {&a_, &b_, &c_}) Add("p", *item, kOther);
  Add("q", z_, kOther);
  EXPECT_THAT(PopAll(), ElementsAre("a", "z", "b", "c"));
}

TEST_F(RoundRobinTest, UrgentItemsAlternateWithOthers) {
  Add("p", a_, kOther);
  Add("p", b_, kOther);
  Add("p", c_, kUrgent);
  Add("p", d_, kUrgent);
  EXPECT_THAT(PopAll(), ElementsAre("c", "a", "d", "b"));
}

TEST_F(RoundRobinTest, ContinuousUrgentItemsDoNotBlockOthers) {
  Add("p", a_, kOther);
  Add("p", b_, kUrgent);
  EXPECT_EQ(Pop(), "b");
  Add("p", b_, kUrgent);
  EXPECT_EQ(Pop(), "a");
}

TEST_F(RoundRobinTest, SkipsAProjectThatMayNotHaveAnItem) {
  Add("p", a_, kOther);
  Add("q", z_, kOther);
  barred_ = {"p"};
  EXPECT_THAT(PopAll(), ElementsAre("z"));
}

TEST_F(RoundRobinTest, ChecksAProjectOnceUntilTheVersionChanges) {
  Add("p", a_, kOther);
  Add("q", b_, kOther);
  Add("q", c_, kOther);
  barred_ = {"p"};
  EXPECT_THAT(PopAll(), ElementsAre("b", "c"));
  EXPECT_EQ(questions_, 3);
  Add("p", d_, kOther);
  EXPECT_EQ(Pop(), "");
  EXPECT_EQ(questions_, 3);
  ++version_;
  EXPECT_EQ(Pop(), "");
  EXPECT_EQ(questions_, 4);
}

TEST_F(RoundRobinTest, ASkippedProjectComesFirstOnceItMay) {
  Add("p", a_, kOther);
  Add("q", b_, kOther);
  Add("q", c_, kOther);
  barred_ = {"p"};
  EXPECT_EQ(Pop(), "b");
  barred_.clear();
  ++version_;
  EXPECT_THAT(PopAll(), ElementsAre("a", "c"));
}

TEST_F(RoundRobinTest, IsEmptyOnceAllItemsAreTaken) {
  EXPECT_THAT(PopAll(), IsEmpty());
  Add("p", a_, kUrgent);
  EXPECT_THAT(PopAll(), ElementsAre("a"));
  EXPECT_THAT(PopAll(), IsEmpty());
}

}  // namespace
}  // namespace webhooks::server
