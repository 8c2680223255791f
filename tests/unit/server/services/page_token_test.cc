#include "server/services/page_token.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "server/services/field_rules.h"
#include "server/services/lists.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::server {
namespace {

using testing::IsOk;
using testing::StatusIs;

// A page of "list", or what is wrong.
absl::StatusOr<PageStart> Read(std::int32_t size, absl::string_view token) {
  google::rpc::BadRequest violations;
  PageStart page = ReadPage("list", size, token, violations);
  absl::Status good = ViolationsStatus(violations);
  if (!good.ok()) return good;
  return page;
}

TEST(PageToken, LeadsBackToItsPlace) {
  const std::string id = testing::NewId();
  const auto page = Read(7, MakePageToken("list", id));
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->after, id);
  EXPECT_EQ(page->size, 7);
}

TEST(PageToken, OfAnotherListIsRefused) {
  EXPECT_THAT(
      Read(0, MakePageToken("other", testing::NewId())),
      StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"));
}

TEST(PageToken, OfAnotherProjectIsRefused) {
  v1::ListWebhooksRequest request;
  request.set_page_token(MakePageToken(
      ListName("webhooks", "one project", request), testing::NewId()));
  EXPECT_THAT(CheckPage(ListName("webhooks", "one project", request), request),
              IsOk());
  EXPECT_THAT(
      CheckPage(ListName("webhooks", "another project", request), request),
      StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"));
}

TEST(PageToken, ThatWasChangedIsRefused) {
  const std::string token = MakePageToken("list", testing::NewId());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(Read(0, other).ok()) << i;
  }
  EXPECT_FALSE(Read(0, token + "AAAA").ok());
  EXPECT_FALSE(Read(0, "x").ok());
}

TEST(PageToken, OfNoPlaceIsEmptyAndTheFirstPages) {
  EXPECT_EQ(MakePageToken("list", ""), "");
  EXPECT_EQ(Read(0, "")->after, "");
}

TEST(PageSize, HasADefaultAndAnEnd) {
  EXPECT_EQ(Read(0, "")->size, 100);
  EXPECT_EQ(Read(1000, "")->size, 1000);
  EXPECT_EQ(Read(1001, "")->size, 1000);
  EXPECT_THAT(Read(-1, ""),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_REQUEST"));
}

TEST(PageToken, IsToldOfBesideAllElseThatIsWrong) {
  v1::ListWebhooksRequest request;
  request.set_page_size(-1);
  request.set_page_token("x");
  google::rpc::BadRequest found;
  AddViolation(found, "event_type", "must be an event type");
  const absl::Status status =
      CheckPage("list", request, InvalidFields(found, "INVALID_REQUEST"));
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_REQUEST"));
  const google::rpc::BadRequest all = ViolationsOf(status);
  ASSERT_EQ(all.field_violations_size(), 3);
  EXPECT_EQ(all.field_violations(0).field(), "event_type");
  EXPECT_EQ(all.field_violations(1).field(), "page_size");
  EXPECT_EQ(all.field_violations(2).field(), "page_token");
}

}  // namespace
}  // namespace webhooks::server
