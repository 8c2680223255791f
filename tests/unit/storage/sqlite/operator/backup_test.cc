#include "storage/backup.h"

#include <cerrno>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/disk_faults.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

bool GoOn(absl::Duration) { return true; }

class BackUpStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = Open(database_);
    const testing::ProjectAndKey made = testing::MakeProject();
    ASSERT_THAT(
        testing::CreateProject(*store_, made.project, made.key, made.hash),
        IsOk());
    project_ = made.project.id_project();
    webhook_ = Add();
  }

  void TearDown() override { testing::MendDisk(); }

  std::unique_ptr<Store> Open(const std::string& path) {
    auto store = OpenStore(absl::StrCat("sqlite:", path), testing::Always());
    EXPECT_THAT(store, IsOk());
    return store.ok() ? *std::move(store) : nullptr;
  }

  v1::Webhook Add(std::size_t bytes = 1) {
    v1::Webhook webhook = testing::MakeWebhook(project_);
    webhook.set_url(std::string(bytes, 'x'));
    EXPECT_THAT(testing::CreateWebhook(*store_, webhook), IsOk());
    return webhook;
  }

  // Makes the copy take several steps.
  void Grow() {
    for (int i = 0; i < 40; ++i) Add(100'000);
  }

  absl::StatusOr<Backup> BackUp(const BackupPause& pause = &GoOn) {
    return BackUpStore(absl::StrCat("sqlite:", database_), copy_, pause);
  }

  absl::Status Execute(const std::string& sql) {
    return (*sqlite::Connection::Open(database_,
                                      sqlite::Connection::Mode::kWrite))
        ->Execute("test", sql);
  }

  std::set<std::string> Files() const {
    std::set<std::string> names;
    for (const auto& file :
         std::filesystem::directory_iterator(folder_.Path(""))) {
      names.insert(file.path().filename().string());
    }
    return names;
  }

  absl::Status Has(Store& store, const v1::Webhook& webhook) {
    return testing::GetWebhook(store, webhook.id_project(),
                               webhook.id_webhook_endpoint())
        .status();
  }

  const testing::TempFolder folder_;
  const std::string database_ = folder_.Path("webhooks.db");
  const std::string copy_ = folder_.Path("copy.db");
  std::unique_ptr<Store> store_;
  std::string project_;
  v1::Webhook webhook_;
};

TEST_F(BackUpStoreTest, CreatesADatabaseThatAServerCanOpen) {
  const auto made = BackUp();
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(static_cast<std::uintmax_t>(made->bytes),
            std::filesystem::file_size(copy_));
  EXPECT_GT(made->schema_version, 0);
  EXPECT_THAT(Has(*Open(copy_), webhook_), IsOk());
}

TEST_F(BackUpStoreTest, CopiesADatabaseThatIsNotInUse) {
  store_.reset();
  ASSERT_THAT(BackUp(), IsOk());
  EXPECT_THAT(Has(*Open(copy_), webhook_), IsOk());
}

TEST_F(BackUpStoreTest, CopiesOneMomentAndEndsWhileWritesContinue) {
  Grow();
  int steps = 0;
  std::vector<v1::Webhook> later;
  ASSERT_THAT(BackUp([&](absl::Duration) {
                later.push_back(Add(100'000));
                return ++steps < 100;
              }),
              IsOk());
  EXPECT_GT(steps, 2);
  const auto copy = Open(copy_);
  EXPECT_THAT(Has(*copy, webhook_), IsOk());
  for (const v1::Webhook& webhook : later) {
    EXPECT_THAT(Has(*copy, webhook), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(Has(*store_, webhook), IsOk());
  }
}

TEST_F(BackUpStoreTest, LetsTheLogShrinkAfterItsEnd) {
  Grow();
  const auto log_bytes = [&] {
    return std::filesystem::file_size(database_ + "-wal");
  };
  constexpr std::uintmax_t kMuch = 20 << 20;
  ASSERT_THAT(BackUp([&](absl::Duration) {
                while (log_bytes() < kMuch) Add(1'000'000);
                return true;
              }),
              IsOk());
  EXPECT_GE(log_bytes(), kMuch);
  // The first write may still find the log in use; the next one restarts it.
  for (int i = 0; i < 10 && log_bytes() >= kMuch; ++i) Add();
  EXPECT_LT(log_bytes(), kMuch);
}

TEST_F(BackUpStoreTest, LeavesAPrivateCopyAndNothingElse) {
  std::set<std::string> expected = Files();
  expected.insert("copy.db");
  ASSERT_THAT(BackUp(), IsOk());
  EXPECT_EQ(Files(), expected);
  struct stat facts {};
  ASSERT_EQ(stat(copy_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(BackUpStoreTest, LeavesNothingWhenItIsCancelled) {
  Grow();
  const std::set<std::string> before = Files();
  int steps = 0;
  EXPECT_THAT(BackUp([&](absl::Duration) { return ++steps < 3; }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(Files(), before);
}

TEST_F(BackUpStoreTest, LeavesNothingOnAFullDisk) {
  const std::set<std::string> before = Files();
  testing::FillDisk();
  EXPECT_THAT(BackUp(), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(Files(), before);
}

TEST_F(BackUpStoreTest, LeavesNothingThatIsNotSynced) {
  const std::set<std::string> before = Files();
  testing::FailFsync(EIO);
  EXPECT_FALSE(BackUp().ok());
  EXPECT_EQ(Files(), before);
}

TEST_F(BackUpStoreTest, NeverReplacesAFile) {
  for (const std::string suffix : {"", "-wal", "-journal"}) {
    testing::WriteFile(copy_ + suffix, "mine");
    EXPECT_THAT(BackUp(), StatusIs(absl::StatusCode::kAlreadyExists));
    EXPECT_EQ(testing::ReadFile(copy_ + suffix), "mine");
    std::filesystem::remove(copy_ + suffix);
  }
}

TEST_F(BackUpStoreTest, DoesNotReplaceAFileThatAppearsMeanwhile) {
  Grow();
  EXPECT_THAT(BackUp([&](absl::Duration) {
                testing::WriteFile(copy_, "mine");
                return true;
              }),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(testing::ReadFile(copy_), "mine");
}

TEST_F(BackUpStoreTest, NeedsAnExistingFolder) {
  EXPECT_THAT(BackUpStore(absl::StrCat("sqlite:", database_),
                          folder_.Path("none/copy.db"), &GoOn),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(BackUpStoreTest, NeedsADatabaseAndCreatesNone) {
  const std::set<std::string> before = Files();
  const auto made = BackUpStore(
      absl::StrCat("sqlite:", folder_.Path("none.db")), copy_, &GoOn);
  EXPECT_THAT(made, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(std::string(made.status().message()), HasSubstr("none.db"));
  EXPECT_EQ(Files(), before);
  EXPECT_THAT(BackUpStore("mysql:x", copy_, &GoOn),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(BackUpStoreTest, RefusesTheDatabaseOfAnotherProgram) {
  for (const std::string& content : {std::string(), std::string(5000, 'x')}) {
    testing::WriteFile(folder_.Path("other"), content);
    EXPECT_THAT(BackUpStore(absl::StrCat("sqlite:", folder_.Path("other")),
                            copy_, &GoOn),
                StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  ASSERT_THAT(Execute("PRAGMA application_id = 1"), IsOk());
  EXPECT_THAT(BackUp(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(BackUpStoreTest, RefusesADatabaseOfANewerVersion) {
  ASSERT_THAT(Execute("PRAGMA user_version = 999"), IsOk());
  EXPECT_THAT(BackUp(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(BackUpStoreTest, LeavesNoCopyOfADamagedDatabase) {
  Grow();
  store_.reset();
  std::string content = testing::ReadFile(database_);
  content.replace(content.size() / 2, 8192, std::string(8192, '\xff'));
  testing::WriteFile(database_, content);
  EXPECT_THAT(BackUp(), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_FALSE(std::filesystem::exists(copy_));
}

class RestoreStoreTest : public BackUpStoreTest {
 protected:
  void SetUp() override {
    BackUpStoreTest::SetUp();
    ASSERT_THAT(BackUp(), IsOk());
  }

  absl::StatusOr<Backup> Restore() {
    return RestoreStore(copy_, absl::StrCat("sqlite:", restored_), &GoOn);
  }

  // In a folder that does not exist.
  const std::string restored_ = folder_.Path("restored/webhooks.db");
};

TEST_F(RestoreStoreTest, MakesAPrivateDatabaseFromACopy) {
  const auto made = Restore();
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(static_cast<std::uintmax_t>(made->bytes),
            std::filesystem::file_size(restored_));
  struct stat file {};
  ASSERT_EQ(stat(restored_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777u, 0600u);
  EXPECT_THAT(Has(*Open(restored_), webhook_), IsOk());
}

TEST_F(RestoreStoreTest, RefusesTheFilesOfAnotherDatabase) {
  std::filesystem::create_directory(folder_.Path("restored"));
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    const std::string other = restored_ + suffix;
    testing::WriteFile(other, "other");
    const auto made = Restore();
    EXPECT_THAT(made, StatusIs(absl::StatusCode::kAlreadyExists)) << other;
    EXPECT_THAT(made.status().message(), HasSubstr(other));
    EXPECT_EQ(testing::ReadFile(other), "other");
    std::filesystem::remove(other);
    EXPECT_FALSE(std::filesystem::exists(restored_)) << other;
  }
}

TEST_F(RestoreStoreTest, RefusesTheDatabaseOfARunningServer) {
  EXPECT_THAT(RestoreStore(copy_, absl::StrCat("sqlite:", database_), &GoOn),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Has(*store_, webhook_), IsOk());
}

TEST_F(RestoreStoreTest, LeavesNothingOfADamagedCopy) {
  testing::WriteFile(copy_, "this is no database");
  EXPECT_FALSE(Restore().ok());
  EXPECT_FALSE(std::filesystem::exists(restored_));
}

}  // namespace
}  // namespace webhooks
