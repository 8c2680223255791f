#include "gateway/transcoding/violations.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/transcoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/unit/gateway/transcoding/test_service.h"

namespace webhooks::gateway {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Lt;
using ::testing::Property;
using ::testing::SizeIs;

TEST(Violations, AreOkWhileThereAreNone) {
  EXPECT_TRUE(Violations().ToStatus().ok());
}

TEST(Violations, AreInvalidArgumentsWithTheReason) {
  Violations violations;
  violations.Add("a", "must be b");
  EXPECT_EQ(violations.ToStatus().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(violations.ToStatus()), "INVALID_REQUEST");
  EXPECT_THAT(ViolationsOf(violations.ToStatus()), ElementsAre("a must be b"));
}

TEST(Violations, AreNotMoreThanTheLimit) {
  std::string body = "{\"numbers\": [0";
  for (int i = 0; i < 100'000; ++i) absl::StrAppend(&body, ",true");
  absl::StrAppend(&body, "]}");
  const auto request = Read("POST", "/everything", body);
  EXPECT_THAT(ViolationsOf(request.status()), SizeIs(Violations::kMaxCount));
}

TEST(Violations, StopTheReadingAtTheLimit) {
  std::string body = "{\"numbers\": [0";
  for (int i = 0; i < Violations::kMaxCount; ++i) body += ",true";
  const auto request = Read("POST", "/everything", body + "not read");
  EXPECT_EQ(Reason(request.status()), "INVALID_REQUEST");
}

TEST(Violations, DoNotEchoLongNames) {
  const std::string name(100'000, 'x');
  const auto request = Read(
      "POST", "/everything",
      absl::StrCat("{\"", name, "\": 1, \"by_string\": {\"", name, "\": 1}}"));
  EXPECT_THAT(ViolationsOf(request.status()), SizeIs(2));
  EXPECT_THAT(ViolationsOf(request.status()),
              Each(Property(&std::string::size, Lt(400u))));
}

TEST(Violations, DoNotEchoLongPaths) {
  std::string body = "1";
  for (int i = 0; i < 29; ++i) {
    body = absl::StrCat("{\"child_by_name\": {\"", std::string(60, 'x'),
                        "\": ", body, "}}");
  }
  const auto request = Read("POST", "/everything", body);
  EXPECT_THAT(ViolationsOf(request.status()), SizeIs(1));
  EXPECT_THAT(ViolationsOf(request.status()),
              Each(Property(&std::string::size, Lt(400u))));
}

}  // namespace
}  // namespace webhooks::gateway
