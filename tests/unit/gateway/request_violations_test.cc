#include "gateway/request_violations.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

absl::Status Violating(const std::vector<std::string>& fields) {
  google::rpc::BadRequest list;
  for (const std::string& field : fields) {
    AddViolation(list, field, "must be something else");
  }
  return InvalidFields(list, "INVALID_REQUEST");
}

std::vector<std::string> FieldsOf(const std::string& serialized) {
  google::rpc::BadRequest list;
  list.ParseFromString(serialized);
  std::vector<std::string> fields;
  for (const auto& violation : list.field_violations()) {
    fields.push_back(violation.field());
  }
  return fields;
}

std::vector<std::string> FieldsOf(const absl::Status& status) {
  const auto payload =
      status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  return payload ? FieldsOf(std::string(*payload)) : std::vector<std::string>();
}

std::vector<std::string> ManyFields() {
  constexpr int kCount = 100;
  std::vector<std::string> fields;
  fields.reserve(kCount);
  for (int i = 0; i < kCount; ++i) {
    fields.push_back(absl::StrCat(std::string(200, 'f'), i));
  }
  return fields;
}

TEST(AddViolations, ListsThemInOneEntry) {
  CallHeaders headers;
  ASSERT_TRUE(AddViolations(Violating({"url", "scope"}), headers));
  ASSERT_THAT(headers.metadata, SizeIs(1));
  EXPECT_EQ(headers.metadata[0].first, "x-violations-bin");
  EXPECT_THAT(FieldsOf(headers.metadata[0].second),
              ElementsAre("url", "scope"));
}

TEST(AddViolations, KeepsTheFirstThatFit) {
  CallHeaders headers;
  const std::vector<std::string> fields = ManyFields();
  ASSERT_TRUE(AddViolations(Violating(fields), headers));
  const std::string& value = headers.metadata[0].second;
  EXPECT_LE(value.size(), kMaxViolationBytes);
  const std::vector<std::string> kept = FieldsOf(value);
  EXPECT_GT(kept.size(), 1u);
  EXPECT_LT(kept.size(), fields.size());
  EXPECT_EQ(kept, std::vector<std::string>(fields.begin(),
                                           fields.begin() + kept.size()));
}

TEST(AddViolations, LeavesTheCallsMetadataWithinItsBound) {
  CallHeaders headers;
  headers.metadata = {{"x-api-key", std::string(kMaxCallMetadata - 400, 'a')}};
  ASSERT_TRUE(AddViolations(Violating(ManyFields()), headers));
  EXPECT_LE(MetadataSize(headers) + headers.metadata[1].second.size() / 3,
            kMaxCallMetadata);
}

TEST(AddViolations, AddsNothingWhereNoneFits) {
  CallHeaders headers;
  headers.metadata = {{"x-api-key", std::string(kMaxCallMetadata - 60, 'a')}};
  EXPECT_FALSE(AddViolations(Violating({"url"}), headers));
  EXPECT_THAT(headers.metadata, SizeIs(1));
}

TEST(WithReply, IsWhatTheServerSaid) {
  const absl::Status own = Violating({"scope"});
  for (const absl::Status& reply :
       {Violating({"scope", "url"}), absl::UnauthenticatedError("no"),
        absl::NotFoundError("no"), absl::CancelledError("left")}) {
    EXPECT_EQ(WithReply(own, reply), reply);
  }
}

TEST(WithReply, IsTheGatewaysOwnWhereTheServerCouldNotCheck) {
  const absl::Status own = Violating({"scope"});
  for (const absl::Status& reply :
       {absl::OkStatus(), absl::UnavailableError("a"),
        absl::DeadlineExceededError("a"), absl::ResourceExhaustedError("a"),
        absl::UnimplementedError("a"), absl::InternalError("a")}) {
    EXPECT_EQ(WithReply(own, reply), own);
  }
}

TEST(WithReply, HasAlsoWhatTheCallOrItsAnswerHadNoRoomFor) {
  const absl::Status answer =
      WithReply(Violating({"a", "b", "c"}), Violating({"a", "url"}));
  EXPECT_EQ(answer.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(answer), "INVALID_REQUEST");
  EXPECT_THAT(FieldsOf(answer), ElementsAre("a", "b", "c", "url"));
}

}  // namespace
}  // namespace webhooks::gateway
