#include "storage/sql/transfer/tables.h"

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks::sql {
namespace {

using testing::IsOk;
using testing::PostgresCluster;

using Schema = std::map<std::string, std::set<std::string>>;

// Returns the columns of the tables of an export.
Schema Exported() {
  Schema schema;
  for (const TransferTable& table : TransferTables()) {
    for (const TransferColumn& column : table.columns) {
      schema[std::string(table.name)].insert(std::string(column.name));
    }
  }
  return schema;
}

// Returns the schema in lines "table.column" without what no export contains:
// the tables of running servers, the ids of keys, which are in the header, and
// columns without a meaning of their own.
Schema Kept(absl::string_view lines) {
  Schema schema;
  for (const absl::string_view line :
       absl::StrSplit(lines, ' ', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(line, '.');
    schema[parts.first].insert(parts.second);
  }
  for (const char* table :
       {"publishing", "probe", "secret_keys", "schema_version", "servers",
        "lanes", "shards", "news"}) {
    schema.erase(table);
  }
  schema["answers"].erase("id");
  schema["first_project"].erase("one");
  return schema;
}

TEST(TransferTables, AreAllColumnsOfSqlite) {
  const testing::TempFolder folder;
  const std::string path = folder.Path("webhooks.db");
  ASSERT_THAT(OpenStore("sqlite:" + path, testing::Always()), IsOk());
  auto connection =
      sqlite::Connection::Open(path, sqlite::Connection::Mode::kRead);
  ASSERT_THAT(connection, IsOk());
  Statement row = (*connection)
                      ->Prepared(
                          "SELECT group_concat(t.name || '.' || c.name, ' ')"
                          " FROM sqlite_schema t"
                          " JOIN pragma_table_info(t.name) c"
                          " WHERE t.type = 'table'");
  ASSERT_TRUE(row.Step());
  EXPECT_EQ(Kept(row.cursor().Bytes(0)), Exported());
}

TEST(TransferTables, AreAllColumnsOfPostgres) {
  if (!PostgresCluster::IsInstalled()) GTEST_SKIP() << "no PostgreSQL";
  const std::string url = PostgresCluster::Shared().CreateDatabase();
  ASSERT_THAT(OpenStore(url, testing::Always()), IsOk());
  EXPECT_EQ(Kept(PostgresCluster::Run(
                url,
                "SELECT string_agg(table_name || '.' || column_name, ' ')"
                " FROM information_schema.columns"
                " WHERE table_schema = 'webhooks'")),
            Exported());
}

TEST(TransferTables, HaveStatements) {
  const TransferTable table = {
      "t1",
      {{"a", ColumnType::kText}, {"b", ColumnType::kInteger}},
      "FROM t1 t ORDER BY t.a",
      "FROM t1 t WHERE t.b = ?"};
  EXPECT_EQ(SelectOf(table, /*of_project=*/false),
            "SELECT t.a, t.b FROM t1 t ORDER BY t.a");
  EXPECT_EQ(SelectOf(table, /*of_project=*/true),
            "SELECT t.a, t.b FROM t1 t WHERE t.b = ?");
  EXPECT_EQ(InsertOf(table), "INSERT INTO t1 (a, b) VALUES (?, ?)");
}

}  // namespace
}  // namespace webhooks::sql
