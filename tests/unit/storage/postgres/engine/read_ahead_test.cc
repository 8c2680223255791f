#include "storage/postgres/engine/read_ahead.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace webhooks::postgres {
namespace {

Query QueryFor(const std::string& value) {
  Query query{"SELECT 1 WHERE a = $1", std::vector<Parameter>(1)};
  query.parameters[0].SetCopy(value);
  return query;
}

Result SomeResult() {
  return Result(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK), &PQclear);
}

class ReadAheadTest : public ::testing::Test {
 protected:
  ReadAhead ahead_;
};

TEST_F(ReadAheadTest, AnswersEachRequestOnce) {
  const auto key = ahead_.Request(QueryFor("a"));
  ASSERT_TRUE(key);
  EXPECT_FALSE(ahead_.Request(QueryFor("a")));
  EXPECT_TRUE(ahead_.IsUnderWay(QueryFor("a")));
  const Result result = SomeResult();
  ahead_.Arrived(*key, result);
  EXPECT_FALSE(ahead_.IsUnderWay(QueryFor("a")));
  EXPECT_EQ(ahead_.Take(QueryFor("a")), result);
  EXPECT_EQ(ahead_.Take(QueryFor("a")), result);
  EXPECT_EQ(ahead_.Take(QueryFor("a")), nullptr);
}

TEST_F(ReadAheadTest, TellsParametersApart) {
  const auto key = ahead_.Request(QueryFor("a"));
  ahead_.Arrived(*key, SomeResult());
  EXPECT_FALSE(ahead_.IsUnderWay(QueryFor("b")));
  EXPECT_EQ(ahead_.Take(QueryFor("b")), nullptr);
}

TEST_F(ReadAheadTest, AsksAgainForAResultThatHasArrived) {
  const auto first = ahead_.Request(QueryFor("a"));
  ahead_.Arrived(*first, SomeResult());
  const auto second = ahead_.Request(QueryFor("a"));
  ASSERT_TRUE(second);
  const Result newer = SomeResult();
  ahead_.Arrived(*second, newer);
  EXPECT_EQ(ahead_.Take(QueryFor("a")), newer);
}

TEST_F(ReadAheadTest, ForgetsWhatIsUnderWay) {
  const auto key = ahead_.Request(QueryFor("a"));
  ahead_.Clear();
  ahead_.Arrived(*key, SomeResult());
  EXPECT_EQ(ahead_.Take(QueryFor("a")), nullptr);
}

}  // namespace
}  // namespace webhooks::postgres
