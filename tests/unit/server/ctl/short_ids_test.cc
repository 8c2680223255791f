#include "server/ctl/short_ids.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace webhooks::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::StatusIs;

// A list of ids in pages, some of which may be empty.
struct List {
  std::vector<std::vector<std::string>> pages;
  int asked = 0;

  absl::StatusOr<std::string> Find(absl::string_view part) {
    asked = 0;
    return FindId("webhook", part, [this]() -> absl::StatusOr<IdPage> {
      const auto page = static_cast<std::size_t>(asked++);
      return IdPage{pages[page], page + 1 == pages.size()};
    });
  }
};

constexpr char kFirst[] = "01a209fb-2e74-7f2a-9a45-2d9abc30a9f2";
constexpr char kLast[] = "01a209fb-ffff-7f2a-9a45-111111111111";

TEST(FindId, FindsAnIdOfTheLastPage) {
  List list{{{kFirst}, {}, {kLast}}};
  for (const char* part :
       {"1111", "111111111111", "01a209fb-ff", kLast, "01A209FB-FF"}) {
    const auto id = list.Find(part);
    ASSERT_TRUE(id.ok()) << id.status();
    EXPECT_EQ(*id, kLast);
  }
}

TEST(FindId, ListsTheIdsThatFitOnAllPages) {
  const std::string other = "01a209fb-2e74-7f2a-9a45-00000000a9f2";
  List list{{{kFirst}, {kLast}, {other}}};
  const auto id = list.Find("a9f2");
  EXPECT_THAT(id, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(id.status().message(),
              HasSubstr(absl::StrCat(kFirst, ", ", other)));
  EXPECT_THAT(id.status().message(), Not(HasSubstr(kLast)));
}

TEST(FindId, ListsTenOfManyIdsThatFit) {
  std::vector<std::string> ids;
  for (int i = 10; i < 40; ++i) {
    ids.push_back(absl::StrCat("01a209fb-2e74-7f2a-9a45-2d9abc3000", i));
  }
  List list{{ids}};
  const auto id = list.Find("01a2");
  EXPECT_THAT(id.status().message(), HasSubstr("0019 and 20 more"));
}

TEST(FindId, EndsAtTheTwelveCharactersThatTablesPrint) {
  List list{{{kFirst}, {kLast}}};
  EXPECT_EQ(*list.Find(ShortId(kFirst)), kFirst);
  EXPECT_EQ(list.asked, 1);
}

// The ids of version 1 that a machine makes end with the same characters.
TEST(FindId, GoesOnIfTheEndOfAnIdIsNotRandom) {
  const std::string one = "5f1e7a00-8f1b-11ef-9cd2-0242ac120002";
  const std::string two = "6f1e7a00-8f1b-11ef-9cd2-0242ac120002";
  List list{{{one}, {two}}};
  EXPECT_THAT(list.Find(ShortId(one)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(FindId, TellsIfNoIdFits) {
  List list{{{kFirst}, {kLast}}};
  EXPECT_THAT(list.Find("ffffffffffff"),
              StatusIs(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND"));
  EXPECT_EQ(list.asked, 2);
}

TEST(FindId, RefusesAPartThatIsTooShort) {
  List list{{{kFirst}}};
  EXPECT_THAT(list.Find("9f2"), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(list.asked, 0);
}

TEST(FindId, DoesNotLookForAWholeId) {
  List list;
  EXPECT_EQ(*list.Find(kLast), kLast);
}

TEST(FindId, ReturnsAnErrorOfTheList) {
  EXPECT_THAT(FindId("webhook", "a9f2",
                     []() -> absl::StatusOr<IdPage> {
                       return absl::UnavailableError("");
                     }),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace webhooks::ctl
