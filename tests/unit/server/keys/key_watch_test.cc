#include "server/keys/key_watch.h"

#include <filesystem>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "server/call/api_key.h"
#include "server/runtime/entropy.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_store.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks::server {
namespace {

using testing::TestKey;

class KeyWatchTest : public ::testing::Test {
 protected:
  KeyWatchTest() {
    WriteSecretKeys({TestKey(1)});
    testing::ReplaceFile(admin_file_, absl::StrCat(first_admin_key_, "\n"));
    watch_.emplace(
        KeyWatch::Keys{
            secret_file_, {TestKey(1)}, admin_file_, first_admin_key_},
        store_, admin_key_, entropy_, absl::Milliseconds(2));
  }

  void WriteSecretKeys(const SecretKeys& keys) {
    std::string text;
    for (const SecretKey& key : keys) {
      absl::StrAppend(&text, FormatSecretKey(key), "\n");
    }
    testing::ReplaceFile(secret_file_, text);
  }

  bool IsAdminKey(const std::string& key) const { return admin_key_.Is(key); }

  void AwaitSecretKeys(const SecretKeys& keys) {
    ASSERT_TRUE(
        testing::Eventually([&] { return store_.secret_keys() == keys; }));
  }

  SystemEntropy entropy_;
  testing::TempFolder folder_;
  const std::string secret_file_ = folder_.Path("secret-key");
  const std::string admin_file_ = folder_.Path("admin-key");
  const std::string first_admin_key_ = MakeAdminKey(entropy_);
  testing::FakeStore store_;
  AdminKey admin_key_{first_admin_key_};
  std::optional<KeyWatch> watch_;
};

TEST_F(KeyWatchTest, ReplacesTheSecretKeysOfTheStore) {
  WriteSecretKeys({TestKey(2), TestKey(1)});
  AwaitSecretKeys({TestKey(2), TestKey(1)});
  EXPECT_FALSE(watch_->is_secret_key_file_refused());
  WriteSecretKeys({TestKey(2)});
  AwaitSecretKeys({TestKey(2)});
}

TEST_F(KeyWatchTest, DoesNotReplaceTheSameKeys) {
  testing::ReplaceFile(secret_file_, absl::StrCat("# A comment.\n",
                                                FormatSecretKey(TestKey(1))));
  const std::string key = MakeAdminKey(entropy_);
  testing::ReplaceFile(admin_file_, key);
  // Both files are read at the same interval.
  ASSERT_TRUE(testing::Eventually([&] { return IsAdminKey(key); }));
  EXPECT_TRUE(store_.secret_keys().empty());
}

TEST_F(KeyWatchTest, KeepsTheSecretKeysIfTheFileCannotBeUsed) {
  WriteSecretKeys({TestKey(2), TestKey(1)});
  AwaitSecretKeys({TestKey(2), TestKey(1)});
  testing::ReplaceFile(secret_file_, "not a key\n");
  ASSERT_TRUE(testing::Eventually(
      [&] { return watch_->is_secret_key_file_refused(); }));
  WriteSecretKeys({TestKey(2), TestKey(1)});
  ASSERT_TRUE(testing::Eventually(
      [&] { return !watch_->is_secret_key_file_refused(); }));
  std::filesystem::remove(secret_file_);
  ASSERT_TRUE(testing::Eventually(
      [&] { return watch_->is_secret_key_file_refused(); }));
  EXPECT_EQ(store_.secret_keys(), (SecretKeys{TestKey(2), TestKey(1)}));
  WriteSecretKeys({TestKey(3), TestKey(2)});
  AwaitSecretKeys({TestKey(3), TestKey(2)});
  ASSERT_TRUE(testing::Eventually(
      [&] { return !watch_->is_secret_key_file_refused(); }));
}

TEST_F(KeyWatchTest, TriesAgainWhileTheStoreRefuses) {
  store_.FailWith(absl::FailedPreconditionError("a key is missing"));
  WriteSecretKeys({TestKey(2)});
  ASSERT_TRUE(testing::Eventually(
      [&] { return watch_->is_secret_key_file_refused(); }));
  store_.FailWith(absl::OkStatus());
  AwaitSecretKeys({TestKey(2)});
  ASSERT_TRUE(testing::Eventually(
      [&] { return !watch_->is_secret_key_file_refused(); }));
}

TEST_F(KeyWatchTest, ReplacesTheAdminKey) {
  EXPECT_TRUE(IsAdminKey(first_admin_key_));
  const std::string second = MakeAdminKey(entropy_);
  testing::ReplaceFile(admin_file_, second);
  ASSERT_TRUE(testing::Eventually([&] { return IsAdminKey(second); }));
  EXPECT_FALSE(IsAdminKey(first_admin_key_));
}

TEST_F(KeyWatchTest, KeepsTheAdminKeyIfTheFileCannotBeUsed) {
  testing::ReplaceFile(admin_file_, "short");
  ASSERT_TRUE(
      testing::Eventually([&] { return watch_->is_admin_key_file_refused(); }));
  EXPECT_TRUE(IsAdminKey(first_admin_key_));
  testing::ReplaceFile(admin_file_, first_admin_key_);
  ASSERT_TRUE(testing::Eventually(
      [&] { return !watch_->is_admin_key_file_refused(); }));
  std::filesystem::remove(admin_file_);
  ASSERT_TRUE(
      testing::Eventually([&] { return watch_->is_admin_key_file_refused(); }));
  EXPECT_TRUE(IsAdminKey(first_admin_key_));
}

TEST_F(KeyWatchTest, WritesANewAdminKeyIntoAnEmptyFile) {
  testing::ReplaceFile(admin_file_, "");
  ASSERT_TRUE(
      testing::Eventually([&] { return !IsAdminKey(first_admin_key_); }));
  EXPECT_TRUE(IsAdminKey(
      std::string(absl::StripAsciiWhitespace(testing::ReadFile(admin_file_)))));
}

}  // namespace
}  // namespace webhooks::server
