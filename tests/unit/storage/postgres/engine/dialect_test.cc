#include "storage/postgres/engine/dialect.h"

#include <string>

#include "gtest/gtest.h"

namespace webhooks::postgres {
namespace {

std::string Translated(absl::string_view sql) { return Translate(sql).sql; }

TEST(Dialect, NumbersParametersAsSqliteDoes) {
  const Translation all = Translate("SELECT ?, ?3, ?, ?1");
  EXPECT_EQ(all.sql, "SELECT $1, $3, $4, $1");
  EXPECT_EQ(all.parameters, 4);
  EXPECT_EQ(Translate("SELECT 1").parameters, 0);
}

TEST(Dialect, LeavesOutWhatLeadsThePlannerOfSqlite) {
  EXPECT_EQ(Translated("SELECT 1 FROM t INDEXED BY some_index WHERE a = ?"),
            "SELECT 1 FROM t  WHERE a = $1");
  EXPECT_EQ(Translated("SELECT 1 FROM s CROSS JOIN w ON w.a = s.a"),
            "SELECT 1 FROM s JOIN w ON w.a = s.a");
}

TEST(Dialect, RenamesFunctions) {
  EXPECT_EQ(Translated("ifnull(a, 0)"), "coalesce(a, 0)");
  EXPECT_EQ(Translated("max(a, ifnull(b, 0))"), "greatest(a, coalesce(b, 0))");
}

TEST(Dialect, KeepsTheAggregate) {
  EXPECT_EQ(Translated("SELECT max(seq) FROM t"), "SELECT max(seq) FROM t");
  EXPECT_EQ(Translated("max(ifnull(a, 0))"), "max(coalesce(a, 0))");
}

TEST(Dialect, KeepsQuotedTextAndLongerNames) {
  EXPECT_EQ(Translated("IN ('ifnull(?', '')"), "IN ('ifnull(?', '')");
  EXPECT_EQ(Translated("unmax(a, b) climax"), "unmax(a, b) climax");
}

}  // namespace
}  // namespace webhooks::postgres
