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

std::string NameOf(absl::string_view url) {
  const auto target = ParseTarget(url);
  EXPECT_THAT(target, testing::IsOk());
  return target->name;
}

TEST(Target, IsNamedWithoutPassword) {
  EXPECT_EQ(NameOf("postgres://me:secret@db.example:5433/hooks"),
            "postgres://me@db.example:5433/hooks");
  EXPECT_EQ(NameOf("postgres://db/h?password=secret&sslpassword=secret"),
            "postgres://db/h");
}

TEST(Target, HasANameThatIsAUrlOfTheSameDatabase) {
  for (const absl::string_view url :
       {"postgres://me@db.example:5433/hooks", "postgres:///h?host=/run/x",
        "postgres://a:1,b:2/h", "postgres://a,b/h?sslmode=require",
        "postgres://[::1]:5433/h", "postgres://u%3A%40v@db/h%2Fi",
        "postgres:///h?host=%2Frun%2F%C3%A4&passfile=/etc/a%26b",
        "postgres://db"}) {
    const std::string name = NameOf(url);
    EXPECT_EQ(ParametersOf(name), ParametersOf(url)) << name;
  }
}

TEST(Target, IsNamedWithoutTheOptionsOfThisService) {
  EXPECT_EQ(NameOf("postgres://db/h?beat=1s&prepare=false&require_sync=true"),
            "postgres://db/h");
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

std::string ErrorOf(absl::string_view url) {
  const auto target = ParseTarget(url);
  EXPECT_THAT(target, testing::StatusIs(absl::StatusCode::kInvalidArgument));
  return std::string(target.status().message());
}

TEST(Target, HidesThePassword) {
  EXPECT_THAT(ErrorOf("postgres://me:secret@host/h?nonsense=1"),
              Not(HasSubstr("secret")));
  EXPECT_EQ(NameOf("postgres://me:se?secret=x@host/h"), "postgres://me@host/h");
}

TEST(Target, NamesAnUnknownOptionAndTheKnownOnes) {
  const std::string error = ErrorOf("postgres://host/h?sslrotcert=/x");
  EXPECT_THAT(error, HasSubstr("'sslrotcert'"));
  EXPECT_THAT(error, HasSubstr("beat"));
  EXPECT_THAT(error, HasSubstr("sslrootcert"));
}

TEST(Target, AsksForTheUnitOfABeat) {
  EXPECT_THAT(ErrorOf("postgres://host/h?beat=1"), HasSubstr("unit"));
}

}  // namespace
}  // namespace webhooks::postgres
