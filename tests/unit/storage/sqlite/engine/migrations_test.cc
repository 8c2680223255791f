#include "storage/sqlite/engine/migrations.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks::sqlite {
namespace {

using testing::IsOk;
using testing::StatusIs;

class Migrations : public ::testing::Test {
 protected:
  std::unique_ptr<Connection> Open() {
    auto connection =
        Connection::Open(folder_.Path("test.db"), Connection::Mode::kWrite);
    EXPECT_THAT(connection, IsOk());
    return *std::move(connection);
  }

  testing::TempFolder folder_;
  const Sealer sealer_{{testing::TestKey()}};
};

TEST_F(Migrations, TurnAnEmptyFileIntoADatabase) {
  const auto connection = Open();
  EXPECT_THAT(Migrate(*connection, sealer_), IsOk());
  EXPECT_THAT(connection->Execute("read", "SELECT 1 FROM webhooks LIMIT 0"),
              IsOk());
}

TEST_F(Migrations, DoNothingTheSecondTime) {
  const auto connection = Open();
  ASSERT_THAT(Migrate(*connection, sealer_), IsOk());
  EXPECT_THAT(Migrate(*connection, sealer_), IsOk());
}

TEST_F(Migrations, RestoreTheErasureOfDeletedContent) {
  const auto connection = Open();
  const auto erased = [&] {
    return connection->Guarded("read", [&]() -> absl::StatusOr<int> {
      Statement row = connection->Prepared("PRAGMA secure_delete");
      row.Step();
      return row.Int(0);
    });
  };
  constexpr int kFast = 2;
  EXPECT_EQ(*erased(), kFast);
  ASSERT_THAT(Migrate(*connection, sealer_), IsOk());
  EXPECT_EQ(*erased(), kFast);
}

TEST_F(Migrations, RefuseADatabaseOfANewerVersion) {
  const auto connection = Open();
  ASSERT_THAT(Migrate(*connection, sealer_), IsOk());
  ASSERT_THAT(connection->Execute("age", "PRAGMA user_version = 999"), IsOk());
  EXPECT_THAT(Migrate(*connection, sealer_),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(Migrations, RefuseTheDatabaseOfAnotherProgramWithoutAChange) {
  ASSERT_THAT(Open()->Execute("make", "CREATE TABLE notifications (x)"),
              IsOk());
  const std::string before = testing::ReadFile(folder_.Path("test.db"));
  EXPECT_THAT(Migrate(*Open(), sealer_),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(testing::ReadFile(folder_.Path("test.db")), before);
}

TEST_F(Migrations, RefuseADatabaseThatIsSealedUnderAnotherKey) {
  ASSERT_THAT(Migrate(*Open(), sealer_), IsOk());
  EXPECT_EQ(SealedUnder(*Open())->size(), 1u);
  EXPECT_THAT(Migrate(*Open(), Sealer({testing::TestKey(2)})),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(
      Migrate(*Open(), Sealer({testing::TestKey(2), testing::TestKey()})),
      IsOk());
}

}  // namespace
}  // namespace webhooks::sqlite
