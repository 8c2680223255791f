#include "server/services/page_token.h"

#include <optional>
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

// Reads a page of "list".
template <typename Record = v1::Webhook>
absl::StatusOr<PageStart<Record>> Read(std::int32_t size,
                                       const std::string& token) {
  v1::ListWebhooksRequest request;
  request.set_page_size(size);
  request.set_page_token(token);
  return ReadPage<Record>("list", request);
}

std::optional<Uuid> SomeId() { return ParseUuid(testing::NewId()); }

TEST(PageToken, LeadsBackToItsPlace) {
  const std::optional<Uuid> id = SomeId();
  const auto page = Read(7, MakePageToken("list", id));
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->after, id);
  EXPECT_EQ(page->size, 7);
}

TEST(PageToken, LeadsBackToAnEventsPosition) {
  const std::optional<EventPosition> position =
      EventPosition{absl::FromUnixMillis(1), 2};
  const auto page = Read<v1::Event>(0, MakePageToken("list", position));
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->after, position);
}

TEST(PageToken, LeadsBackToAName) {
  const std::optional<std::string> name = "spiffe://a/1";
  const auto page =
      Read<v1::CertificateBinding>(0, MakePageToken("list", name));
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->after, name);
}

TEST(PageToken, OfAnotherKindOfPositionIsRefused) {
  const std::optional<std::string> name = "a";
  EXPECT_THAT(
      Read(0, MakePageToken("list", name)),
      StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"));
}

TEST(PageToken, OfAnotherListIsRefused) {
  EXPECT_THAT(
      Read(0, MakePageToken("other", SomeId())),
      StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"));
}

TEST(PageToken, OfAnotherProjectIsRefused) {
  v1::ListWebhooksRequest request;
  request.set_page_token(
      MakePageToken(ListName("webhooks", "one project", request), SomeId()));
  EXPECT_THAT(ReadPage<v1::Webhook>(
                  ListName("webhooks", "one project", request), request),
              IsOk());
  EXPECT_THAT(
      ReadPage<v1::Webhook>(ListName("webhooks", "another project", request),
                            request),
      StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_PAGE_TOKEN"));
}

TEST(PageToken, ThatWasChangedIsRefused) {
  const std::string token = MakePageToken("list", SomeId());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(Read(0, other).ok()) << i;
  }
  EXPECT_FALSE(Read(0, token + "AAAA").ok());
  EXPECT_FALSE(Read(0, "x").ok());
}

TEST(PageToken, OfNoPlaceIsEmptyAndTheFirstPages) {
  EXPECT_EQ(MakePageToken("list", std::optional<Uuid>()), "");
  EXPECT_EQ(Read(0, "")->after, std::nullopt);
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
      ReadPage<v1::Webhook>("list", request,
                            InvalidFields(found, "INVALID_REQUEST"))
          .status();
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
