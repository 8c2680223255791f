#include "storage/postgres/engine/row_update.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::postgres {
namespace {

using ::testing::SizeIs;

constexpr absl::string_view kUpdate =
    "UPDATE t SET a = $1, b_at = $2 WHERE id = $3";

RowUpdate::Row Row(std::int64_t a, const std::string& id) {
  RowUpdate::Row row(3);
  row[0].SetInt64(a);
  row[2].SetCopy(id);
  return row;
}

TEST(RowUpdate, IsWrittenForSeveralRows) {
  const auto update = RowUpdate::Parse(kUpdate, 3);
  ASSERT_TRUE(update);
  std::vector<RowUpdate::Row> rows = {Row(1, "x"), Row(2, "y")};
  rows[1][1].SetInt64(7);
  const Query query = update->For(rows);
  EXPECT_EQ(query.sql,
            "UPDATE t SET a = v.a, b_at = v.b_at FROM (VALUES ($1, $2, $3),"
            " ($4, $5, $6)) AS v (a, b_at, id) WHERE t.id = v.id");
  ASSERT_THAT(query.parameters, SizeIs(6));
  EXPECT_EQ(query.parameters[1].data(), nullptr);
  EXPECT_EQ(query.parameters[1].type(), query.parameters[4].type());
  EXPECT_EQ(query.parameters[3].Int64(), 2);
  EXPECT_EQ(query.parameters[5].bytes(), "y");
}

TEST(RowUpdate, WritesNullForAColumnWithoutValues) {
  const auto update = RowUpdate::Parse(kUpdate, 3);
  ASSERT_TRUE(update);
  const std::vector<RowUpdate::Row> rows = {Row(1, "x")};
  const Query query = update->For(rows);
  EXPECT_EQ(query.sql,
            "UPDATE t SET a = v.a, b_at = NULL FROM (VALUES ($1, $2))"
            " AS v (a, id) WHERE t.id = v.id");
  EXPECT_THAT(query.parameters, SizeIs(2));
}

TEST(RowUpdate, IsNoOtherStatement) {
  for (const char* const sql :
       {"UPDATE t SET a = $1, b = $3 WHERE id = $2",
        "UPDATE t SET a = a + $1, b = $2 WHERE id = $3",
        "UPDATE t SET a = $1 WHERE p = $2 AND id = $3",
        "UPDATE t SET a = $1, b = $2 WHERE key = $3",
        "UPDATE t SET a = $1, b = $2 WHERE id = $3 AND a = 1",
        "UPDATE t SET a = $1, b = $2", "DELETE FROM t WHERE id = $1", ""}) {
    EXPECT_FALSE(RowUpdate::Parse(sql, 3)) << sql;
  }
  EXPECT_FALSE(RowUpdate::Parse(kUpdate, 4));
}

}  // namespace
}  // namespace webhooks::postgres
