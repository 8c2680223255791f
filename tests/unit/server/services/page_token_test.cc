#include "server/services/page_token.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using testing::IsOk;
using testing::StatusIs;

TEST(PageToken, LeadsBackToItsPlace) {
  const std::string id = testing::NewId();
  const auto page = ReadPage("list", 7, MakePageToken("list", id));
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->after, id);
  EXPECT_EQ(page->size, 7);
}

TEST(PageToken, OfAnotherListIsRefused) {
  EXPECT_THAT(
      ReadPage("list", 0, MakePageToken("other", testing::NewId())),
      StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"));
}

TEST(PageToken, ThatWasChangedIsRefused) {
  const std::string token = MakePageToken("list", testing::NewId());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(ReadPage("list", 0, other).ok()) << i;
  }
  EXPECT_FALSE(ReadPage("list", 0, token + "AAAA").ok());
  EXPECT_FALSE(ReadPage("list", 0, "x").ok());
}

TEST(PageToken, OfNoPlaceIsEmptyAndTheFirstPages) {
  EXPECT_EQ(MakePageToken("list", ""), "");
  EXPECT_EQ(ReadPage("list", 0, "")->after, "");
}

TEST(PageSize, HasADefaultAndAnEnd) {
  EXPECT_EQ(ReadPage("list", 0, "")->size, 100);
  EXPECT_EQ(ReadPage("list", 1000, "")->size, 1000);
  EXPECT_EQ(ReadPage("list", 1001, "")->size, 1000);
  EXPECT_THAT(ReadPage("list", -1, ""),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_REQUEST"));
}

}  // namespace
}  // namespace webhooks::server
