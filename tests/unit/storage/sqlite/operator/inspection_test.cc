#include "storage/inspection.h"

#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/database_001.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using State = Inspection::State;
using testing::IsOk;
using testing::StatusIs;

class InspectStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<Store> Open() {
    auto store = OpenStore(url_, testing::Always());
    EXPECT_THAT(store, IsOk());
    return *std::move(store);
  }

  std::unique_ptr<sqlite::Connection> Connect() {
    return *sqlite::Connection::Open(database_,
                                     sqlite::Connection::Mode::kWrite);
  }

  // Returns the content of each file and the time of its last change.
  std::map<std::string, std::pair<std::string, fs::file_time_type>> Files() {
    std::map<std::string, std::pair<std::string, fs::file_time_type>> files;
    for (const auto& file : fs::directory_iterator(folder_.Path(""))) {
      files[file.path()] = {testing::ReadFile(file.path()),
                            file.last_write_time()};
    }
    return files;
  }

  // Inspects the database, and expects that no file changes.
  absl::StatusOr<Inspection> Look() {
    const auto before = Files();
    auto found = InspectStore(url_);
    EXPECT_TRUE(Files() == before);
    return found;
  }

  const testing::TempFolder folder_;
  const std::string database_ = folder_.Path("a #1%3f.db");
  std::string url_ = absl::StrCat("sqlite:", database_);
};

TEST_F(InspectStoreTest, FindsANewDatabase) {
  ASSERT_THAT(Look(), IsOk());
  EXPECT_EQ(Look()->state, State::kNew);
  url_ = absl::StrCat("sqlite:", folder_.Path("new/folder/a.db"));
  EXPECT_EQ(Look()->state, State::kNew);
}

TEST_F(InspectStoreTest, FindsTheVersionAndTheKeysOfADatabaseAtRest) {
  Open();
  const auto found = Look();
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->state, State::kIntact);
  EXPECT_EQ(found->schema_version, found->newest_version);
  EXPECT_THAT(found->secret_keys, ElementsAre(testing::TestKey().id()));
  EXPECT_FALSE(found->had_project);
}

TEST_F(InspectStoreTest, ReadsADatabaseThatAServerUses) {
  const auto store = Open();
  const testing::ProjectAndKey made = testing::MakeProject();
  ASSERT_THAT(testing::CreateFirstProject(*store, made.project, made.key, made.hash),
              IsOk());
  const auto found = InspectStore(url_);
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->state, State::kIntact);
  EXPECT_TRUE(found->had_project);
  EXPECT_THAT(testing::CreateWebhook(
                  *store, testing::MakeWebhook(made.project.id_project())),
              IsOk());
}

// A killed server leaves its log and the index of the log.
TEST_F(InspectStoreTest, ReadsTheLogOfAServerThatWasKilled) {
  Open();
  const auto writer = Connect();
  ASSERT_THAT(writer->Execute("age", "PRAGMA user_version = 999"), IsOk());
  const testing::TempFolder copies;
  const std::string copy = copies.Path("b.db");
  for (const std::string suffix : {"", "-wal", "-shm"}) {
    testing::WriteFile(copy + suffix, testing::ReadFile(database_ + suffix));
  }
  EXPECT_THAT(InspectStore(absl::StrCat("sqlite:", copy)),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(testing::ReadFile(copy + "-shm"),
            testing::ReadFile(database_ + "-shm"));
  fs::remove(copy + "-shm");
  EXPECT_EQ(InspectStore(absl::StrCat("sqlite:", copy))->state,
            State::kUnfinished);
  EXPECT_FALSE(fs::exists(copy + "-shm"));
}

TEST_F(InspectStoreTest, FindsThatAStartWouldMigrateAnOldDatabase) {
  {
    const auto writer = Connect();
    ASSERT_EQ(sqlite3_exec(writer->handle(), testing::kDatabase001, nullptr,
                           nullptr, nullptr),
              SQLITE_OK);
  }
  const auto found = Look();
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->schema_version, 1);
  EXPECT_GT(found->newest_version, 1);
  EXPECT_TRUE(found->secret_keys.empty());
}

TEST_F(InspectStoreTest, RefusesWhatAStartWouldRefuse) {
  url_ = "mysql:x";
  EXPECT_THAT(Look(), StatusIs(absl::StatusCode::kInvalidArgument));
  url_ = absl::StrCat("sqlite:", database_);
  testing::WriteFile(database_, std::string(5000, 'x'));
  EXPECT_THAT(Look(), StatusIs(absl::StatusCode::kFailedPrecondition));
  url_ = absl::StrCat("sqlite:", database_, "/in/a.db");
  EXPECT_FALSE(Look().ok());
  fs::remove(database_);
  url_ = absl::StrCat("sqlite:", database_);
  Open();
  url_ = absl::StrCat("sqlite:", database_, "?max_bytes=4096");
  EXPECT_THAT(Look(), StatusIs(absl::StatusCode::kInvalidArgument));
  url_ = absl::StrCat("sqlite:", database_);
  ASSERT_THAT(Connect()->Execute("age", "PRAGMA user_version = 999"), IsOk());
  EXPECT_THAT(Look(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(InspectStoreTest, FindsAnIndexWithoutItsRows) {
  {
    const auto store = Open();
    const testing::ProjectAndKey made = testing::MakeProject();
    ASSERT_THAT(
        testing::CreateProject(*store, made.project, made.key, made.hash),
        IsOk());
  }
  {
    const auto connection = Connect();
    ASSERT_THAT(connection->Execute("allow", "PRAGMA writable_schema = ON"),
                IsOk());
    // Makes the content of the index differ from its definition.
    ASSERT_THAT(
        connection->Execute("damage",
                            "UPDATE sqlite_schema SET sql = 'CREATE INDEX"
                            " api_keys_by_project ON api_keys (name, id)'"
                            " WHERE name = 'api_keys_by_project'"),
        IsOk());
  }
  EXPECT_THAT(Look(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(InspectStoreTest, FindsDamage) {
  Open();
  std::string content = testing::ReadFile(database_);
  content.replace(content.size() / 2, 8192, std::string(8192, '\xff'));
  testing::WriteFile(database_, content);
  EXPECT_THAT(Look(), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace webhooks
