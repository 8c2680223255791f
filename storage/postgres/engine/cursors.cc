#include "storage/postgres/engine/cursors.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/postgres/engine/connection.h"

namespace webhooks::postgres {
namespace {

// The number of inserted rows that wait for others.
constexpr std::size_t kMaxPendingRows = 1024;

// The limits of one fetch.
constexpr int kMaxFetch = 2000;
constexpr std::size_t kMaxFetchBytes = 4 << 20;

}  // namespace

int NextFetch(int rows, std::size_t bytes) {
  const std::size_t row_bytes = bytes / static_cast<std::size_t>(rows) + 1;
  return std::clamp(static_cast<int>(kMaxFetchBytes / row_bytes), 1,
                    std::min(rows * 4, kMaxFetch));
}

bool ResultCursor::IsNull(int column) {
  return PQgetisnull(result_.get(), row_, column) != 0;
}

std::int64_t ResultCursor::Int64(int column) {
  return ReadInteger(Bytes(column));
}

absl::string_view ResultCursor::Bytes(int column) {
  return {PQgetvalue(result_.get(), row_, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

PreparedCursor::PreparedCursor(Connection& connection, absl::string_view sql)
    : ResultCursor(Translate(sql)),
      connection_(connection),
      row_insert_(RowInsert::Parse(
          query().sql, static_cast<int>(query().parameters.size()))),
      row_update_(RowUpdate::Parse(
          query().sql, static_cast<int>(query().parameters.size()))) {}

bool PreparedCursor::Step() {
  if (!has_result()) Take(connection_.Answer(query()));
  return NextRow();
}

void PreparedCursor::Execute() {
  if (!connection_.DefersWrites()) {
    if (connection_.InTransaction()) return connection_.RunLater(query());
    connection_.Run(query());
  } else if (row_insert_) {
    const std::size_t rows =
        connection_.WriteLater().AddRow(*row_insert_, query().parameters);
    if (rows >= kMaxPendingRows) connection_.EnqueueDeferred();
  } else if (row_update_) {
    const std::size_t rows = connection_.UpdateLater(&*row_update_)
                                 .AddUpdate(*row_update_, query().parameters);
    if (rows >= kMaxPendingRows) connection_.EnqueueDeferred();
  } else {
    connection_.RunLater(query());
  }
}

void PreparedCursor::ExecuteIdempotent() {
  if (!connection_.DefersWrites()) return Execute();
  connection_.WriteLater().AddIdempotent(query());
}

int PreparedCursor::ExecuteAndCount() {
  return connection_.RunAndCount(query());
}

bool PreparedCursor::ExecuteOnOne() {
  if (!connection_.DefersWrites()) return ExecuteAndCount() == 1;
  connection_.RunLater({FailingWithoutRow(query().sql), query().parameters,
                        /*is_frequent=*/true});
  return true;
}

bool PreparedCursor::ExecuteToAdd(int index) {
  if (!connection_.DefersWrites()) return ExecuteAndCount() == 1;
  connection_.UpdateLater().AddSum(query().sql, query().parameters,
                                   static_cast<std::size_t>(index));
  return true;
}

void PreparedCursor::Prefetch() { connection_.Prefetch(query()); }

StreamCursor::StreamCursor(Connection& connection, absl::string_view sql)
    : ResultCursor(Translate(sql)),
      connection_(connection),
      takes_limit_(!absl::StrContains(sql, " LIMIT ")) {}

bool StreamCursor::Step() {
  if (!is_open_) {
    Open();
  } else if (NextRow()) {
    return true;
  } else if (rows() < part_) {
    return false;
  } else {
    passed_ += part_;
    part_ = NextFetch(part_, result_bytes());
    Fetch();
  }
  return NextRow();
}

int StreamCursor::ExecuteAndCount() {
  Step();
  return 0;
}

Query StreamCursor::First() const {
  Query first = query();
  absl::StrAppend(&first.sql, " LIMIT $", first.parameters.size() + 1);
  first.parameters.emplace_back().SetInt64(first_);
  return first;
}

void StreamCursor::Prefetch() {
  if (takes_limit_) connection_.Prefetch(First());
}

void StreamCursor::Open() {
  is_open_ = true;
  part_ = first_;
  passed_ = 0;
  owns_transaction_ = connection_.BeginToRead();
  if (takes_limit_) return Take(connection_.Answer(First()));
  Fetch();
}

void StreamCursor::Fetch() {
  std::vector<Query> queries;
  if (name_.empty()) {
    name_ = connection_.NewStreamName();
    queries.push_back(
        {absl::StrCat("DECLARE ", name_, " NO SCROLL CURSOR FOR ", query().sql),
         query().parameters});
    if (passed_ > 0) {
      queries.push_back({absl::StrCat("MOVE ", passed_, " FROM ", name_)});
    }
  }
  queries.push_back({absl::StrCat("FETCH ", part_, " FROM ", name_)});
  Take(connection_.Run(queries).back());
}

void StreamCursor::Reset() noexcept {
  Forget();
  if (!std::exchange(is_open_, false)) return;
  if (owns_transaction_) {
    connection_.EndRead();
  } else if (!name_.empty() && connection_.InTransaction()) {
    connection_.Defer(absl::StrCat("CLOSE ", name_));
  }
  name_.clear();
}

}  // namespace webhooks::postgres
