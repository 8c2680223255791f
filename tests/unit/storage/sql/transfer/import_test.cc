#include "storage/sql/transfer/import.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "storage/sql/transfer/stream_writer.h"
#include "storage/sql/transfer/tables.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

// Imports streams that the test writes into a database of SQLite.
class ImportStoreTest : public ::testing::Test {
 protected:
  ImportStoreTest() {
    header_.set_version(sql::kStreamVersion);
    for (const sql::TransferTable& table : sql::TransferTables()) {
      storage::StreamTable& described = *header_.add_tables();
      described.set_name(std::string(table.name));
      for (const auto& column : table.columns) {
        described.add_columns(std::string(column.name));
      }
    }
    row_.mutable_row()->set_table(1);
    row_.mutable_row()->add_values()->set_data(std::string(16, 'a'));
  }

  // Imports a stream with header_ and row_.
  absl::StatusOr<Transfer> Import() {
    std::string stream;
    const ByteSink sink = [&](absl::string_view bytes) {
      absl::StrAppend(&stream, bytes);
      return absl::OkStatus();
    };
    sql::StreamWriter writer(sink);
    writer.WriteHeader(header_);
    EXPECT_THAT(writer.WriteRow(row_), IsOk());
    EXPECT_THAT(writer.Finish(), IsOk());
    return ImportStore(
        url_,
        [&](absl::Span<char> buffer) -> absl::StatusOr<std::size_t> {
          // A few bytes at a time.
          const std::size_t size =
              std::min({buffer.size(), stream.size(), std::size_t{7}});
          std::copy_n(stream.begin(), size, buffer.begin());
          stream.erase(0, size);
          return size;
        },
        testing::Always());
  }

  std::set<std::string> Files() const {
    std::set<std::string> names;
    for (const auto& file :
         std::filesystem::directory_iterator(folder_.Path(""))) {
      names.insert(file.path().filename().string());
    }
    return names;
  }

  storage::StreamHeader header_;
  storage::StreamRecord row_;
  const testing::TempFolder folder_;
  const std::string path_ = folder_.Path("webhooks.db");
  const std::string url_ = "sqlite:" + path_;
};

TEST_F(ImportStoreTest, TakesAStream) {
  const auto imported = Import();
  ASSERT_THAT(imported, IsOk());
  EXPECT_EQ(imported->records[1].second, 1);
  EXPECT_THAT(OpenStore(url_, testing::Always()), IsOk());
}

TEST_F(ImportStoreTest, GivesANewDatabaseToTheOwnerOfItsFolder) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  constexpr uid_t kOwner = 12345;
  ASSERT_EQ(chown(folder_.Path("").c_str(), kOwner, kOwner), 0);
  ASSERT_THAT(Import(), IsOk());
  for (const std::string& file : Files()) {
    struct stat found {};
    ASSERT_EQ(stat(folder_.Path(file).c_str(), &found), 0);
    EXPECT_EQ(found.st_uid, kOwner) << file;
  }
}

TEST_F(ImportStoreTest, LeavesNoFileAfterAnError) {
  row_.mutable_row()->mutable_values(0)->set_data("not 16 bytes");
  EXPECT_FALSE(Import().ok());
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(ImportStoreTest, RefusesAnotherVersion) {
  header_.set_version(sql::kStreamVersion + 1);
  EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(ImportStoreTest, RefusesOtherColumns) {
  header_.mutable_tables(1)->set_columns(0, "other");
  EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kDataLoss));
  header_.mutable_tables(1)->set_columns(0, "id");
  header_.mutable_tables()->RemoveLast();
  EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(ImportStoreTest, RefusesAValueOfAnotherType) {
  row_.mutable_row()->mutable_values(0)->set_integer(1);
  EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(ImportStoreTest, RefusesTextThatNoDatabaseStores) {
  storage::StreamRow& row = *row_.mutable_row();
  row.set_table(3);  // certificates
  row.mutable_values(0)->set_data("\xff");
  row.add_values()->set_data(std::string(16, 'a'));
  row.add_values()->set_integer(0);
  EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kDataLoss));
  row.mutable_values(0)->set_data(std::string("a\0b", 3));
  EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(ImportStoreTest, RefusesARowThatAProjectDoesNotHave) {
  header_.set_project(std::string(16, 'a'));
  EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(ImportStoreTest, RefusesARowOfAnotherProject) {
  header_.set_project(std::string(16, 'b'));
  storage::StreamRow& row = *row_.mutable_row();
  row.set_table(0);
  row.add_values()->set_data("name");
  row.add_values()->set_integer(0);
  for (int i = 0; i < 2; ++i) row.add_values();
  row.add_values()->set_integer(0);
  row.add_values();
  EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kDataLoss));
  header_.set_project(std::string(16, 'a'));
  EXPECT_THAT(Import(), IsOk());
}

TEST_F(ImportStoreTest, RefusesADatabaseInUse) {
  const auto store = OpenStore(url_, testing::Always());
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(ImportStoreTest, RefusesADatabaseThatIsNotMigrated) {
  ASSERT_THAT(OpenStore(url_, testing::Always()), IsOk());
  ASSERT_THAT(
      (*sqlite::Connection::Open(path_, sqlite::Connection::Mode::kWrite))
          ->Execute("test", "PRAGMA user_version = 13"),
      IsOk());
  EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace webhooks
