#include "storage/postgres/engine/target.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace webhooks::postgres {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::map<std::string, std::string> ParametersOf(absl::string_view url) {
  const auto target = ParseTarget(url);
  EXPECT_THAT(target, testing::IsOk());
  return {target->parameters.begin(), target->parameters.end()};
}

TEST(Target, IsNamedWithoutUserAndPassword) {
  EXPECT_EQ(ParseTarget("postgres://me:secret@db.example:5433/hooks")->name,
            "postgres://db.example:5433/hooks");
}

TEST(Target, IsAPrimary) {
  EXPECT_EQ(ParametersOf("postgres://a,b/hooks")["target_session_attrs"],
            "read-write");
}

TEST(Target, VerifiesAServerOnAnotherMachine) {
  EXPECT_EQ(ParametersOf("postgres://db.example/h")["sslmode"], "verify-full");
  EXPECT_EQ(ParametersOf("postgres://localhost,db/h")["sslmode"],
            "verify-full");
  EXPECT_EQ(ParametersOf("postgres://localhost/h").count("sslmode"), 0u);
  EXPECT_EQ(ParametersOf("postgres:///h?host=/run/x").count("sslmode"), 0u);
  EXPECT_EQ(ParametersOf("postgres://db/h?sslmode=require")["sslmode"],
            "require");
}

TEST(Target, KeepsTheSettingsOfTheUrl) {
  const std::string options =
      ParametersOf("postgres:///h?options=-c%20work_mem%3D1MB")["options"];
  EXPECT_THAT(options, HasSubstr("work_mem=1MB"));
  EXPECT_THAT(options, HasSubstr("search_path=webhooks"));
}

TEST(Target, TakesTheOptionAboutStandbys) {
  EXPECT_FALSE(ParseTarget("postgres://localhost/h")->requires_sync);
  EXPECT_TRUE(ParseTarget("postgres://localhost/h?require_sync=true&user=me")
                  ->requires_sync);
  EXPECT_THAT(ParseTarget("postgres://localhost/h?require_sync=yes"),
              testing::StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Target, HidesThePasswordOfAnInvalidUrl) {
  const auto target = ParseTarget("postgres://me:secret@host/h?nonsense=1");
  EXPECT_THAT(target, testing::StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(target.status().message()), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace webhooks::postgres
