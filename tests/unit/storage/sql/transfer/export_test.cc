#include "storage/sql/transfer/export.h"

#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "storage/sql/rows/retry_job_step.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks {
namespace {

using testing::IsOk;
using testing::StatusIs;

// Exports a database of SQLite that the test has changed by hand.
class ExportStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(OpenStore(url_, testing::Always()), IsOk());
  }

  void Execute(const std::string& sql) {
    auto connection =
        sqlite::Connection::Open(path_, sqlite::Connection::Mode::kWrite);
    ASSERT_THAT((*connection)->Execute("test", sql), IsOk());
  }

  absl::StatusOr<Transfer> Export() {
    return ExportStore(url_, "", absl::Now(),
                       [](absl::string_view) { return absl::OkStatus(); });
  }

  std::int64_t Count(const std::string& kind) {
    const auto exported = Export();
    EXPECT_THAT(exported, IsOk());
    for (const auto& [name, count] : exported->records) {
      if (name == kind) return count;
    }
    return -1;
  }

  const testing::TempFolder folder_;
  const std::string path_ = folder_.Path("webhooks.db");
  const std::string url_ = "sqlite:" + path_;
};

TEST_F(ExportStoreTest, LeavesOutPublicationsInProgress) {
  Execute(
      "INSERT INTO deliveries (id, project_id, webhook_id, event_seq, state,"
      " queue_at) VALUES (zeroblob(16), x'01', x'02', 7, 1, 0)");
  EXPECT_EQ(Count("deliveries"), 1);
  Execute("INSERT INTO publishing VALUES (7)");
  EXPECT_EQ(Count("deliveries"), 0);
}

TEST_F(ExportStoreTest, RefusesADatabaseThatIsNotMigrated) {
  Execute("PRAGMA user_version = 13");
  EXPECT_THAT(Export(), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(ExportStoreTest, RefusesAnAbsentDatabase) {
  EXPECT_THAT(ExportStore("sqlite:" + folder_.Path("none.db"), "", absl::Now(),
                          [](absl::string_view) { return absl::OkStatus(); }),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(MovedPosition, MovesAnEventAndKeepsADelivery) {
  EXPECT_EQ(sql::MovedPosition("1800000000000 12", 5), "1800000000000 17");
  EXPECT_EQ(sql::MovedPosition("1800000000000 12", -5), "1800000000000 7");
  const std::string delivery("\x01\x98 1 23456789abcd", 16);
  EXPECT_EQ(sql::MovedPosition(delivery, 5), delivery);
  EXPECT_EQ(sql::MovedPosition("", 5), "");
}

}  // namespace
}  // namespace webhooks
