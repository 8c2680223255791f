#include "server/keys/key_files.h"

#include <sys/stat.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/call/api_key.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks::server {
namespace {

using testing::IsOk;
using testing::StatusIs;

class KeyFiles : public ::testing::Test {
 protected:
  absl::StatusOr<SecretKeys> Take(bool must_exist) {
    return TakeOrMakeSecretKeys(file_, must_exist, entropy_);
  }

  testing::TempFolder folder_;
  const std::string file_ = folder_.Path("key");
  SystemEntropy entropy_;
};

TEST_F(KeyFiles, AreCreatedPrivateAndThenUsed) {
  const auto made = TakeOrMakeAdminKey(file_, entropy_);
  ASSERT_THAT(made, IsOk());
  EXPECT_TRUE(IsAdminKey(*made));
  EXPECT_FALSE(IsApiKey(*made));
  EXPECT_EQ(*TakeOrMakeAdminKey(file_, entropy_), *made);
  struct stat facts {};
  ASSERT_EQ(stat(file_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(KeyFiles, AreTheSameForAllThatCreateThemAtOnce) {
  testing::WriteFile(file_, "");
  std::vector<std::string> keys(8);
  std::vector<std::thread> threads;
  for (std::string& key : keys) {
    threads.emplace_back([&] {
      SystemEntropy entropy;
      const auto taken = TakeOrMakeAdminKey(file_, entropy);
      key = taken.ok() ? *taken : taken.status().ToString();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(keys, ::testing::Each(*TakeOrMakeAdminKey(file_, entropy_)));
}

TEST_F(KeyFiles, OfAnotherKindAreRefused) {
  testing::WriteFile(file_, MakeApiKey(entropy_));
  EXPECT_THAT(TakeOrMakeAdminKey(file_, entropy_),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(KeyFiles, OfSecretsAreCreatedOnlyForANewDatabase) {
  EXPECT_THAT(Take(true), StatusIs(absl::StatusCode::kFailedPrecondition));
  const auto made = Take(false);
  ASSERT_THAT(made, IsOk());
  const auto taken = Take(true);
  ASSERT_THAT(taken, IsOk());
  ASSERT_EQ(taken->size(), 1u);
  EXPECT_EQ((*taken)[0].bytes, (*made)[0].bytes);
}

TEST_F(KeyFiles, MayListSeveralSecretKeys) {
  testing::WriteFile(
      file_, absl::StrCat("# new\n", FormatSecretKey(testing::TestKey(2)),
                          "\n\n  ", FormatSecretKey(testing::TestKey(1))));
  const auto keys = Take(true);
  ASSERT_THAT(keys, IsOk());
  ASSERT_EQ(keys->size(), 2u);
  EXPECT_EQ((*keys)[0].bytes, testing::TestKey(2).bytes);
}

TEST_F(KeyFiles, WithOtherContentAreRefusedWithoutRepeatingIt) {
  for (const std::string content : {"precious", "cHJlY2lvdXM=", "# precious"}) {
    testing::WriteFile(file_, content);
    const auto keys = Take(false);
    EXPECT_THAT(keys, StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(keys.status().message(),
                ::testing::Not(::testing::HasSubstr("precious")));
    EXPECT_EQ(testing::ReadFile(file_), content);
  }
}

}  // namespace
}  // namespace webhooks::server
