#include "storage/postgres/engine/pending_writes.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace webhooks::postgres {
namespace {

// The maximum number of rows of one statement. Other numbers are powers of two
// below, so that few statements are prepared.
constexpr std::size_t kMaxRows = 64;

constexpr absl::string_view kValues = " VALUES ";

// Returns the row of values with the numbers of its parameters increased.
std::string Shifted(absl::string_view row, std::size_t by) {
  std::string shifted;
  while (!row.empty()) {
    const std::size_t sign = row.find('$');
    absl::StrAppend(&shifted, row.substr(0, sign));
    if (sign == absl::string_view::npos) break;
    row.remove_prefix(sign + 1);
    std::size_t digits = 0;
    while (digits < row.size() &&
           absl::ascii_isdigit(static_cast<unsigned char>(row[digits]))) {
      ++digits;
    }
    std::size_t number = 0;
    // The translator has written digits.
    if (!absl::SimpleAtoi(row.substr(0, digits), &number)) break;
    absl::StrAppend(&shifted, "$", number + by);
    row.remove_prefix(digits);
  }
  return shifted;
}

bool AreSame(const Parameter& a, const Parameter& b) {
  return a.type() == b.type() && a.bytes() == b.bytes();
}

// Adds the query with copies of its parameters.
void AddUnlessThere(const Query& query, std::vector<Query>& queries) {
  for (const Query& one : queries) {
    if (one.sql == query.sql &&
        std::equal(one.parameters.begin(), one.parameters.end(),
                   query.parameters.begin(), query.parameters.end(),
                   &AreSame)) {
      return;
    }
  }
  Query& kept = queries.emplace_back(query);
  for (Parameter& one : kept.parameters) one = one.Owned();
}

// Returns the number of rows of the next statement for `left` rows.
std::size_t NextRows(std::size_t left) {
  std::size_t rows = kMaxRows;
  while (rows > left) rows /= 2;
  return rows;
}

}  // namespace

std::optional<RowInsert> RowInsert::Parse(absl::string_view sql,
                                          int parameters) {
  const std::size_t values = sql.find(kValues);
  if (!absl::StartsWith(sql, "INSERT INTO ") || parameters == 0 ||
      values == absl::string_view::npos || absl::StrContains(sql, '\'')) {
    return std::nullopt;
  }
  const absl::string_view head = sql.substr(0, values + kValues.size());
  const absl::string_view row = sql.substr(head.size());
  // Nothing may follow the row, such as ON CONFLICT.
  if (row.find(')') != row.size() - 1) return std::nullopt;
  return RowInsert(head, row, static_cast<std::size_t>(parameters));
}

const std::string& RowInsert::Text(std::size_t rows) const {
  std::string& text = texts_[rows];
  if (!text.empty()) return text;
  text = head_;
  for (std::size_t i = 0; i < rows; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", Shifted(row_, i * parameters_));
  }
  return text;
}

std::string FailingWithoutRow(absl::string_view update) {
  // A length must not be negative.
  return absl::StrCat("WITH one AS (", update,
                      " RETURNING 1)"
                      " SELECT substring('', 1, count(*)::int - 1) FROM one");
}

std::size_t PendingWrites::AddRow(const RowInsert& insert,
                                  const std::vector<Parameter>& row) {
  auto rows =
      std::find_if(inserts_.begin(), inserts_.end(),
                   [&](const Insert& one) { return one.insert == &insert; });
  if (rows == inserts_.end()) {
    rows = inserts_.insert(
        rows, {&insert, {}, std::vector<Oid>(insert.parameters(), 0)});
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    rows->parameters.push_back(row[i].Owned());
    if (row[i].type() != 0) rows->types[i] = row[i].type();
  }
  return rows->parameters.size() / row.size();
}

void PendingWrites::AddSum(absl::string_view update,
                           const std::vector<Parameter>& row,
                           std::size_t index) {
  for (Sum& sum : sums_) {
    if (sum.update != update || sum.index != index) continue;
    bool is_same = true;
    for (std::size_t i = 0; i < row.size(); ++i) {
      is_same =
          is_same && (i + 1 == index || AreSame(sum.parameters[i], row[i]));
    }
    if (!is_same) continue;
    sum.sum += row[index - 1].Int64();
    return;
  }
  Sum sum{std::string(update), "", {}, index, row[index - 1].Int64()};
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i + 1 != index) absl::StrAppend(&sum.row, row[i].bytes());
    sum.parameters.push_back(row[i].Owned());
  }
  sums_.push_back(std::move(sum));
}

std::size_t PendingWrites::AddUpdate(const RowUpdate& update,
                                     const std::vector<Parameter>& row) {
  update_ = &update;
  const auto [place, is_new] = updated_by_id_.try_emplace(
      std::string(row.back().bytes()), updated_.size());
  if (is_new) updated_.emplace_back();
  RowUpdate::Row& kept = updated_[place->second];
  kept.clear();
  for (const Parameter& one : row) kept.push_back(one.Owned());
  return updated_.size();
}

void PendingWrites::AddIdempotent(const Query& query) {
  AddUnlessThere(query, idempotent_);
}

void PendingWrites::TakeRows(const Insert& insert,
                             std::vector<Query>& queries) {
  const std::size_t columns = insert.insert->parameters();
  auto next = insert.parameters.begin();
  for (std::size_t left = insert.parameters.size() / columns; left > 0;) {
    const std::size_t rows = NextRows(left);
    const auto end = next + static_cast<std::ptrdiff_t>(rows * columns);
    Query query{insert.insert->Text(rows), {next, end}, /*is_frequent=*/true};
    // A NULL has the type of its column, so that the prepared statement fits.
    for (std::size_t i = 0; i < query.parameters.size(); ++i) {
      query.parameters[i].SetType(insert.types[i % columns]);
    }
    queries.push_back(std::move(query));
    next = end;
    left -= rows;
  }
}

void PendingWrites::SortSums() {
  std::sort(sums_.begin(), sums_.end(), [](const Sum& a, const Sum& b) {
    return std::tie(a.update, a.row) < std::tie(b.update, b.row);
  });
}

void PendingWrites::AddLocks(std::vector<Query>& locks) {
  SortSums();
  for (const Sum& sum : sums_) {
    Query lock{sum.update, sum.parameters, /*is_frequent=*/true};
    lock.parameters[sum.index - 1].SetInt64(0);
    AddUnlessThere(lock, locks);
  }
}

std::vector<Query> PendingWrites::Take() {
  std::vector<Query> queries;
  SortSums();
  for (Sum& sum : sums_) {
    sum.parameters[sum.index - 1].SetInt64(sum.sum);
    queries.push_back({FailingWithoutRow(sum.update), std::move(sum.parameters),
                       /*is_frequent=*/true});
  }
  for (const Insert& insert : inserts_) TakeRows(insert, queries);
  for (auto left = absl::MakeConstSpan(updated_); !left.empty();) {
    const std::size_t rows = NextRows(left.size());
    queries.push_back(update_->For(left.first(rows)));
    left.remove_prefix(rows);
  }
  std::move(idempotent_.begin(), idempotent_.end(),
            std::back_inserter(queries));
  Clear();
  return queries;
}

void PendingWrites::Clear() {
  inserts_.clear();
  sums_.clear();
  update_ = nullptr;
  updated_.clear();
  updated_by_id_.clear();
  idempotent_.clear();
}

}  // namespace webhooks::postgres
