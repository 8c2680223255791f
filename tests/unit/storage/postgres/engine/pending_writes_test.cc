#include "storage/postgres/engine/pending_writes.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::postgres {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr absl::string_view kInsert =
    "INSERT INTO t (a, b, c) VALUES ($1, 2 * $2, $2)";

constexpr Oid kInt8 = 20;
constexpr Oid kBytea = 17;

std::vector<Parameter> Row(const std::string& a, std::int64_t b) {
  std::vector<Parameter> row(2);
  row[0].SetCopy(a);
  row[1].SetInt64(b);
  return row;
}

std::vector<Oid> TypesOf(const Query& query) {
  std::vector<Oid> types;
  for (const Parameter& one : query.parameters) types.push_back(one.type());
  return types;
}

TEST(RowInsert, IsWrittenForSeveralRows) {
  const auto insert = RowInsert::Parse(kInsert, 2);
  ASSERT_TRUE(insert);
  EXPECT_EQ(insert->Text(1), kInsert);
  EXPECT_EQ(insert->Text(3),
            "INSERT INTO t (a, b, c) VALUES ($1, 2 * $2, $2),"
            " ($3, 2 * $4, $4), ($5, 2 * $6, $6)");
}

TEST(RowInsert, IsNoOtherStatement) {
  for (const char* const sql :
       {"INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING",
        "INSERT INTO t (a) SELECT a FROM u WHERE b = $1",
        "INSERT INTO t (a, b) VALUES ($1, (SELECT max(a) FROM t))",
        "INSERT INTO t (a, b) VALUES ($1, '$2')",
        "UPDATE t SET a = 1 WHERE b = $1"}) {
    EXPECT_FALSE(RowInsert::Parse(sql, 1)) << sql;
  }
  EXPECT_FALSE(RowInsert::Parse("INSERT INTO t (a) VALUES (1)", 0));
}

TEST(PendingWrites, JoinsRowsInPowersOfTwo) {
  const auto insert = *RowInsert::Parse(kInsert, 2);
  PendingWrites writes;
  for (int i = 0; i < 70; ++i) writes.AddRow(insert, Row("a", i));
  const std::vector<Query> queries = writes.Take();
  ASSERT_THAT(queries, SizeIs(3));
  EXPECT_EQ(queries[0].sql, insert.Text(64));
  EXPECT_EQ(queries[1].sql, insert.Text(4));
  EXPECT_EQ(queries[2].sql, insert.Text(2));
  EXPECT_EQ(queries[2].parameters[3].Int64(), 69);
  EXPECT_TRUE(writes.empty());
}

TEST(PendingWrites, KeepTheValues) {
  const auto insert = *RowInsert::Parse(kInsert, 2);
  PendingWrites writes;
  {
    const std::string gone = "value";
    std::vector<Parameter> row(2);
    row[0].SetBytes(gone);
    writes.AddRow(insert, row);
  }
  EXPECT_EQ(writes.Take()[0].parameters[0].bytes(), "value");
}

TEST(PendingWrites, GiveNullTheTypeOfItsColumn) {
  const auto insert = *RowInsert::Parse(kInsert, 2);
  PendingWrites writes;
  writes.AddRow(insert, std::vector<Parameter>(2));
  writes.AddRow(insert, Row("a", 1));
  const std::vector<Query> queries = writes.Take();
  ASSERT_THAT(queries, SizeIs(1));
  EXPECT_THAT(TypesOf(queries[0]), ElementsAre(kBytea, kInt8, kBytea, kInt8));
  EXPECT_EQ(queries[0].parameters[0].data(), nullptr);
}

TEST(PendingWrites, JoinUpdatesAndKeepTheLastOneOfARow) {
  const auto update = *RowUpdate::Parse("UPDATE t SET a = $1 WHERE id = $2", 2);
  PendingWrites writes;
  writes.AddUpdate(update, Row("first", 1));
  writes.AddUpdate(update, Row("other", 2));
  EXPECT_EQ(writes.AddUpdate(update, Row("second", 1)), 2u);
  EXPECT_EQ(writes.update(), &update);
  const std::vector<Query> queries = writes.Take();
  ASSERT_THAT(queries, SizeIs(1));
  EXPECT_EQ(queries[0].parameters[0].bytes(), "second");
  EXPECT_EQ(queries[0].parameters[2].bytes(), "other");
  EXPECT_EQ(writes.update(), nullptr);
  EXPECT_TRUE(writes.empty());
}

TEST(PendingWrites, KeepOneOfStatementsWithTheSameEffect) {
  PendingWrites writes;
  for (const char* const name : {"a", "b", "a"}) {
    const std::string gone = name;
    Query query{"UPDATE t SET n = NULL WHERE id = $1",
                std::vector<Parameter>(1)};
    query.parameters[0].SetBytes(gone);
    writes.AddIdempotent(query);
  }
  const std::vector<Query> queries = writes.Take();
  ASSERT_THAT(queries, SizeIs(2));
  EXPECT_EQ(queries[0].parameters[0].bytes(), "a");
  EXPECT_EQ(queries[1].parameters[0].bytes(), "b");
}

TEST(PendingWrites, LockTheRowsOfSumsInTheSameOrder) {
  constexpr absl::string_view kUpdate = "UPDATE t SET n = n + $2 WHERE id = $1";
  for (const bool is_reversed : {false, true}) {
    PendingWrites writes;
    writes.AddSum(kUpdate, Row(is_reversed ? "b" : "a", 1), 2);
    writes.AddSum(kUpdate, Row(is_reversed ? "a" : "b", 5), 2);
    std::vector<Query> locks;
    writes.AddLocks(locks);
    writes.AddLocks(locks);
    ASSERT_THAT(locks, SizeIs(2));
    EXPECT_EQ(locks[0].parameters[0].bytes(), "a");
    EXPECT_EQ(locks[0].parameters[1].Int64(), 0);
    const std::vector<Query> queries = writes.Take();
    EXPECT_EQ(queries[0].parameters[0].bytes(), "a");
    EXPECT_EQ(queries[1].parameters[0].bytes(), "b");
  }
}

TEST(PendingWrites, AddSumsOfTheSameRow) {
  constexpr absl::string_view kUpdate = "UPDATE t SET n = n + $2 WHERE id = $1";
  PendingWrites writes;
  writes.AddSum(kUpdate, Row("a", 1), 2);
  writes.AddSum(kUpdate, Row("b", 5), 2);
  writes.AddSum(kUpdate, Row("a", 2), 2);
  const std::vector<Query> queries = writes.Take();
  ASSERT_THAT(queries, SizeIs(2));
  EXPECT_EQ(queries[0].sql, FailingWithoutRow(kUpdate));
  EXPECT_EQ(queries[0].parameters[1].Int64(), 3);
  EXPECT_EQ(queries[1].parameters[0].bytes(), "b");
  EXPECT_EQ(queries[1].parameters[1].Int64(), 5);
}

}  // namespace
}  // namespace webhooks::postgres
