#include "server/services/webhook_rules.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using testing::IsOk;
using testing::StatusIs;

v1::CreateWebhookRequest ValidRequest() {
  v1::CreateWebhookRequest request;
  request.set_url("https://acme.com/webhook_receiver");
  request.set_description("Webhook to receive connection events");
  request.add_scope("connection.created");
  return request;
}

v1::CreateWebhookRequest WithScope(const std::vector<std::string>& types) {
  v1::CreateWebhookRequest request = ValidRequest();
  request.clear_scope();
  for (const std::string& type : types) request.add_scope(type);
  return request;
}

std::vector<std::string> ViolatedFields(const absl::Status& status) {
  std::vector<std::string> fields;
  google::rpc::BadRequest violations;
  const google::rpc::Status rpc = ToRpcStatus(status);
  for (const auto& detail : rpc.details()) {
    if (!detail.UnpackTo(&violations)) continue;
    for (const auto& violation : violations.field_violations()) {
      fields.push_back(violation.field());
    }
  }
  return fields;
}

absl::Status Check(const v1::CreateWebhookRequest& request) {
  return WebhookRules{}.Check(request);
}

TEST(WebhookRules, AcceptTheRequestOfTheReference) {
  EXPECT_THAT(Check(ValidRequest()), IsOk());
}

TEST(WebhookRules, AcceptARequestForAllEventsWithNothingElseSet) {
  v1::CreateWebhookRequest request;
  request.set_all_events(true);
  EXPECT_THAT(Check(request), IsOk());
}

TEST(WebhookRules, RefuseANewWebhookWithoutAScopeThatDoesNotWantAllEvents) {
  const absl::Status status = Check(v1::CreateWebhookRequest());
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_SCOPE"));
  EXPECT_THAT(ViolatedFields(status), ElementsAre("scope"));
}

TEST(WebhookRules, RefuseAScopeBesideAllEvents) {
  v1::CreateWebhookRequest request = ValidRequest();
  request.set_all_events(true);
  EXPECT_THAT(Check(request),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_SCOPE"));
  v1::UpdateWebhookRequest change;
  change.add_scope("a");
  change.set_all_events(true);
  EXPECT_THAT(ViolatedFields(WebhookRules{}.Check(change)),
              ElementsAre("scope"));
}

TEST(WebhookRules, AcceptEventTypesOfAllKinds) {
  EXPECT_THAT(Check(WithScope({"a", "A.b_C.9", "_", std::string(256, 'x')})),
              IsOk());
}

TEST(WebhookRules, RefuseMalformedEventTypes) {
  for (const std::string& type :
       {std::string(), std::string("."), std::string("a."), std::string(".a"),
        std::string("a..b"), std::string("a-b"), std::string("a b"),
        std::string("a,b"), std::string("*"), std::string("\xC3\xA4"),
        std::string("a\0", 2), std::string(257, 'x')}) {
    const absl::Status status = Check(WithScope({"ok", type}));
    EXPECT_THAT(status,
                StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_SCOPE"));
    EXPECT_THAT(ViolatedFields(status), ElementsAre("scope[1]")) << type;
  }
}

TEST(WebhookRules, RefuseARepeatedEventType) {
  const absl::Status status = Check(WithScope({"a", "b", "a"}));
  EXPECT_THAT(ViolatedFields(status), ElementsAre("scope[2]"));
}

TEST(WebhookRules, RefuseMoreThanAHundredEventTypes) {
  std::vector<std::string> types(100);
  for (std::size_t i = 0; i < types.size(); ++i) {
    types[i] = absl::StrCat("type", i);
  }
  EXPECT_THAT(Check(WithScope(types)), IsOk());
  types.push_back("one_more");
  EXPECT_THAT(ViolatedFields(Check(WithScope(types))), ElementsAre("scope"));
}

TEST(WebhookRules, CountADescriptionInCharacters) {
  v1::CreateWebhookRequest request = ValidRequest();
  std::string description;
  for (int i = 0; i < 1024; ++i) description += "\xE2\x82\xAC";
  request.set_description(description);
  EXPECT_THAT(Check(request), IsOk());
  request.set_description(description + "x");
  EXPECT_THAT(Check(request), StatusIs(absl::StatusCode::kInvalidArgument,
                                       "INVALID_DESCRIPTION"));
}

TEST(WebhookRules, RefuseControlCharactersInADescription) {
  for (const std::string& text :
       {std::string("a\0b", 3), std::string("\x1b"), std::string("\x7f"),
        std::string("\xC2\x85")}) {
    v1::CreateWebhookRequest request = ValidRequest();
    request.set_description(text);
    EXPECT_THAT(ViolatedFields(Check(request)), ElementsAre("description"));
  }
}

TEST(WebhookRules, AcceptADescriptionOfSeveralLines) {
  v1::CreateWebhookRequest request = ValidRequest();
  request.set_description("one\r\n\ttwo\n");
  EXPECT_THAT(Check(request), IsOk());
}

TEST(WebhookRules, ReportEveryViolationAtOnce) {
  v1::CreateWebhookRequest request = WithScope({"a", "a", "-"});
  request.set_url("ftp://acme.com");
  request.set_description("\x01");
  const absl::Status status = Check(request);
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_REQUEST"));
  EXPECT_THAT(ViolatedFields(status),
              ElementsAre("url", "description", "scope[1]", "scope[2]"));
}

TEST(WebhookRules, HaveTheirOwnReasonForAUrl) {
  v1::CreateWebhookRequest request = ValidRequest();
  request.set_url("http://acme.com");
  EXPECT_THAT(Check(request),
              StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_URL"));
  EXPECT_THAT(WebhookRules{.allow_http_urls = true}.Check(request), IsOk());
}

TEST(WebhookRules, RefuseAHostThatNothingIsSentTo) {
  const WebhookRules rules{.targets = TargetGuard({})};
  v1::CreateWebhookRequest request = ValidRequest();
  EXPECT_THAT(rules.Check(request), IsOk());
  for (const char* host : {"10.1.2.3", "[fd00::1]:8443", "localhost:443"}) {
    request.set_url(absl::StrCat("https://", host, "/hook"));
    EXPECT_THAT(rules.Check(request),
                StatusIs(absl::StatusCode::kInvalidArgument, "INVALID_URL"))
        << host;
    EXPECT_THAT(WebhookRules{}.Check(request), IsOk()) << host;
  }
}

// The mask of a change, the fields that it sets, the fields that it changes,
// and the invalid ones.
struct MaskCase {
  std::vector<std::string> mask;
  std::vector<std::string> set;
  std::vector<std::string> named;
  std::vector<std::string> violated;
};

v1::UpdateWebhookRequest ChangeOf(const MaskCase& masked) {
  v1::UpdateWebhookRequest change;
  for (const std::string& path : masked.mask) {
    change.mutable_update_mask()->add_paths(path);
  }
  for (const std::string& field : masked.set) {
    if (field == "url") change.set_url("https://a.example/");
    if (field == "description") change.set_description("new");
    if (field == "scope") change.add_scope("a.b");
    if (field == "all_events") change.set_all_events(true);
    if (field == "active") change.set_active(false);
    if (field == "delivery") change.mutable_delivery()->set_max_in_flight(1);
  }
  return change;
}

class WebhookMask : public ::testing::TestWithParam<MaskCase> {};

TEST_P(WebhookMask, HasTheChangedFields) {
  const v1::UpdateWebhookRequest change = ChangeOf(GetParam());
  EXPECT_THAT(MaskOf(change).paths(), ElementsAreArray(GetParam().named));
  const absl::Status status = WebhookRules{}.Check(change);
  EXPECT_THAT(ViolatedFields(status), ElementsAreArray(GetParam().violated));
}

const std::vector<std::string> kEvery = {"url", "description", "scope",
                                         "active", "delivery"};

INSTANTIATE_TEST_SUITE_P(
    Every, WebhookMask,
    ::testing::Values(
        // Without a mask, or with an empty one, the fields that are set.
        MaskCase{{}, {}, {}, {}}, MaskCase{{}, {"url"}, {"url"}, {}},
        MaskCase{{}, {"scope", "delivery"}, {"scope", "delivery"}, {}},
        MaskCase{{}, kEvery, kEvery, {}},
        // A field in the mask is set, or cleared if it is unset; a field that
        // is not in the mask is not changed.
        MaskCase{{"url"}, {"url"}, {"url"}, {}},
        MaskCase{{"url"}, {}, {"url"}, {}},
        MaskCase{{"scope"}, {"url", "active"}, {"scope"}, {}},
        MaskCase{{"delivery", "url"}, {}, {"url", "delivery"}, {}},
        MaskCase{{"url", "url"}, {}, {"url"}, {}},
        // all_events changes the scope.
        MaskCase{{}, {"all_events"}, {"scope"}, {}},
        MaskCase{{}, {"url", "all_events"}, {"url", "scope"}, {}},
        MaskCase{{"scope"}, {"all_events"}, {"scope"}, {}},
        MaskCase{{"url"}, {"all_events"}, {"url"}, {}},
        // All fields; active must have a value, and a scope must be given.
        MaskCase{{"*"}, kEvery, kEvery, {}},
        MaskCase{{"*"}, {"active", "all_events"}, kEvery, {}},
        MaskCase{{"*", "scope"}, {"active"}, kEvery, {}},
        MaskCase{{"*"}, {"active"}, kEvery, {"scope"}},
        MaskCase{{"*"}, {"scope"}, kEvery, {"active"}},
        MaskCase{{"*"}, {"url"}, kEvery, {"scope", "active"}},
        MaskCase{{"active"}, {}, {"active"}, {"active"}},
        // A field that cannot be changed, or does not exist.
        MaskCase{{"color"}, {"url"}, {}, {"update_mask"}},
        MaskCase{{"id"}, {}, {}, {"update_mask"}},
        MaskCase{{"secret", "etag"}, {}, {}, {"update_mask"}},
        MaskCase{{"delivery.headers"}, {"delivery"}, {}, {"update_mask"}},
        MaskCase{{""}, {}, {}, {"update_mask"}},
        MaskCase{{"URL"}, {}, {}, {"update_mask"}},
        MaskCase{{"url", "color"}, {}, {"url"}, {"update_mask"}},
        MaskCase{
            {"*", "color"}, {}, kEvery, {"scope", "active", "update_mask"}}));

TEST(WebhookRules, CheckOnlyTheFieldsOfTheMask) {
  v1::UpdateWebhookRequest change;
  change.set_url("nonsense");
  change.set_description("\x01");
  change.add_scope("-");
  change.mutable_delivery()->set_max_in_flight(0);
  change.mutable_update_mask()->add_paths("url");
  EXPECT_THAT(ViolatedFields(WebhookRules{}.Check(change)), ElementsAre("url"));
  change.mutable_update_mask()->set_paths(0, "scope");
  EXPECT_THAT(ViolatedFields(WebhookRules{}.Check(change)),
              ElementsAre("scope[0]"));
  change.clear_update_mask();
  EXPECT_THAT(
      ViolatedFields(WebhookRules{}.Check(change)),
      ElementsAre("url", "description", "scope[0]", "delivery.max_in_flight"));
}

struct OverlapCase {
  std::int64_t seconds;
  std::int32_t nanos;
  bool is_good;
};

TEST(WebhookRules, AcceptOverlapsOfUpToSevenDays) {
  for (const OverlapCase& overlap :
       {OverlapCase{0, 0, true}, OverlapCase{0, 1, true},
        OverlapCase{604'799, 999'999'999, true}, OverlapCase{604'800, 0, true},
        OverlapCase{604'800, 1, false}, OverlapCase{604'801, 0, false},
        OverlapCase{-1, 0, false}, OverlapCase{0, -1, false},
        OverlapCase{604'799, 1'000'000'000, false},
        OverlapCase{0, 2'147'483'647, false}, OverlapCase{1, -1, false},
        OverlapCase{std::numeric_limits<std::int64_t>::max(), 0, false}}) {
    v1::RotateWebhookSecretRequest request;
    request.mutable_overlap()->set_seconds(overlap.seconds);
    request.mutable_overlap()->set_nanos(overlap.nanos);
    const absl::Status status = WebhookRules{}.Check(request);
    EXPECT_EQ(status.ok(), overlap.is_good)
        << overlap.seconds << "s " << overlap.nanos << "ns";
    EXPECT_EQ(Reason(status), overlap.is_good ? "" : "INVALID_OVERLAP");
  }
}

TEST(WebhookRules, ATooLongListIsOneViolation) {
  v1::CreateWebhookRequest request;
  for (int i = 0; i < 10'000; ++i) {
    request.add_scope("");
    request.mutable_delivery()->add_schedule();
  }
  const google::rpc::BadRequest violations =
      ViolationsOf(WebhookRules().Check(request));
  ASSERT_EQ(violations.field_violations_size(), 2);
  EXPECT_EQ(violations.field_violations(0).field(), "scope");
  EXPECT_EQ(violations.field_violations(1).field(), "delivery.schedule");
}

}  // namespace
}  // namespace webhooks::server
