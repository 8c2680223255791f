#include "server/keys/first_project.h"

#include <sys/stat.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/call/api_key.h"
#include "tests/support/fake_store.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks::server {
namespace {

using testing::IsOk;
using testing::StatusIs;

class BootstrapTest : public ::testing::Test {
 protected:
  absl::Status Start() {
    return MakeFirstProject(store_, file_, entropy_,
                            absl::FromUnixSeconds(1727784000));
  }

  std::string Key() {
    return std::string(
        absl::StripTrailingAsciiWhitespace(testing::ReadFile(file_)));
  }

  testing::TempFolder folder_;
  const std::string file_ = folder_.Path("api-key");
  testing::FakeStore store_;
  SystemEntropy entropy_;
};

TEST_F(BootstrapTest, WritesAKeyThatTheStoreKnows) {
  ASSERT_THAT(Start(), IsOk());
  ASSERT_TRUE(IsApiKey(Key()));
  EXPECT_THAT(testing::FindApiKey(store_, HashApiKey(Key())), IsOk());
}

TEST_F(BootstrapTest, KeepsTheFilePrivate) {
  ASSERT_THAT(Start(), IsOk());
  struct stat facts {};
  ASSERT_EQ(stat(file_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(BootstrapTest, DoesNothingIfThereIsAProject) {
  ASSERT_THAT(Start(), IsOk());
  const std::string key = Key();
  ASSERT_THAT(Start(), IsOk());
  EXPECT_EQ(Key(), key);
}

// Another server creates it between the question and the creation.
TEST_F(BootstrapTest, RemovesItsKeyIfAnotherServerMadeTheFirstProject) {
  const testing::ProjectAndKey other = testing::MakeProject();
  store_.BeforeFirstProject([&] {
    EXPECT_THAT(testing::CreateFirstProject(store_, other.project, other.key,
                                            other.hash),
                IsOk());
  });
  ASSERT_THAT(Start(), IsOk());
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(BootstrapTest, UsesTheKeyInTheFile) {
  const std::string key = MakeApiKey(entropy_);
  testing::WriteFile(file_, absl::StrCat(key, "\n"));
  ASSERT_THAT(Start(), IsOk());
  EXPECT_EQ(Key(), key);
  EXPECT_THAT(testing::FindApiKey(store_, HashApiKey(key)), IsOk());
}

TEST_F(BootstrapTest, TreatsAnEmptyFileAsAbsent) {
  testing::WriteFile(file_, "");
  ASSERT_THAT(Start(), IsOk());
  EXPECT_TRUE(IsApiKey(Key()));
}

TEST_F(BootstrapTest, RefusesAFileWithOtherContent) {
  testing::WriteFile(file_, "precious\n");
  EXPECT_THAT(Start(), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(testing::ReadFile(file_), "precious\n");
  EXPECT_FALSE(*testing::HadFirstProject(store_));
}

TEST_F(BootstrapTest, StoresNothingIfTheFileCannotBeWritten) {
  const std::string file = folder_.Path("no/such/folder/api-key");
  EXPECT_FALSE(
      MakeFirstProject(store_, file, entropy_, absl::UnixEpoch()).ok());
  EXPECT_FALSE(*testing::HadFirstProject(store_));
}

class LostDatabase : public BootstrapTest {
 protected:
  absl::Status Check() {
    return CheckDatabaseNotLost(absl::StrCat("sqlite:", database_), secret_key_,
                                file_);
  }

  const std::string database_ = folder_.Path("webhooks.db");
  const std::string secret_key_ = folder_.Path("secret-key");
};

TEST_F(LostDatabase, IsDistinguishedFromAFirstStart) {
  EXPECT_THAT(Check(), IsOk());
  testing::WriteFile(secret_key_, "key\n");
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kFailedPrecondition));
  testing::WriteFile(database_, "records");
  EXPECT_THAT(Check(), IsOk());
}

TEST_F(LostDatabase, IsDistinguishedFromAnInterruptedStart) {
  testing::WriteFile(secret_key_, "key\n");
  testing::WriteFile(database_, "");
  EXPECT_THAT(Check(), IsOk());
  testing::WriteFile(file_, "key\n");
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(LostDatabase, IsNotAssumedIfTheKeyIsInAnotherFolder) {
  const std::string elsewhere = folder_.Path("provided-key");
  testing::WriteFile(elsewhere, "key\n");
  EXPECT_THAT(CheckDatabaseNotLost(absl::StrCat("sqlite:", database_),
                                   elsewhere, file_),
              IsOk());
}

}  // namespace
}  // namespace webhooks::server
