#include "storage/postgres/engine/row_update.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace webhooks::postgres {
namespace {

bool IsName(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) || c == '_';
  });
}

// Returns the name in "NAME = $NUMBER", or "".
absl::string_view ColumnOf(absl::string_view assignment, std::size_t number) {
  const std::string value = absl::StrCat(" = $", number);
  if (!absl::ConsumeSuffix(&assignment, value)) return "";
  return IsName(assignment) ? assignment : "";
}

// Returns the type of the column in the rows; 0 if all values are NULL.
Oid TypeOf(absl::Span<const RowUpdate::Row> rows, std::size_t column) {
  for (const RowUpdate::Row& row : rows) {
    if (row[column].type() != 0) return row[column].type();
  }
  return 0;
}

}  // namespace

std::optional<RowUpdate> RowUpdate::Parse(absl::string_view sql,
                                          int parameters) {
  const std::pair<absl::string_view, absl::string_view> where =
      absl::StrSplit(sql, absl::MaxSplits(" WHERE ", 1));
  const std::pair<absl::string_view, absl::string_view> set =
      absl::StrSplit(where.first, absl::MaxSplits(" SET ", 1));
  absl::string_view table = set.first;
  RowUpdate update;
  if (!absl::ConsumePrefix(&table, "UPDATE ") || !IsName(table)) return {};
  update.table_ = std::string(table);
  for (const absl::string_view assignment : absl::StrSplit(set.second, ", ")) {
    update.columns_.emplace_back(
        ColumnOf(assignment, update.columns_.size() + 1));
  }
  update.columns_.emplace_back(
      ColumnOf(where.second, update.columns_.size() + 1));
  const bool is_row = update.columns_.back() == "id" &&
                      !absl::c_linear_search(update.columns_, "");
  if (!is_row || update.columns_.size() != static_cast<std::size_t>(parameters))
    return {};
  return update;
}

Query RowUpdate::For(absl::Span<const Row> rows) const {
  std::vector<Oid> types;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    types.push_back(TypeOf(rows, i));
  }
  Query query;
  query.is_frequent = true;
  query.sql = absl::StrCat("UPDATE ", table_, " SET ");
  for (std::size_t i = 0; i + 1 < columns_.size(); ++i) {
    absl::StrAppend(&query.sql, i == 0 ? "" : ", ", columns_[i], " = ",
                    // VALUES would take it for a text.
                    types[i] == 0 ? "NULL" : absl::StrCat("v.", columns_[i]));
  }
  absl::StrAppend(&query.sql, " FROM (VALUES ");
  for (const Row& row : rows) {
    absl::StrAppend(&query.sql, &row == rows.data() ? "" : ", ");
    for (std::size_t i = 0, written = 0; i < columns_.size(); ++i) {
      if (types[i] == 0) continue;
      query.parameters.push_back(row[i]);
      query.parameters.back().SetType(types[i]);
      absl::StrAppend(&query.sql, written++ == 0 ? "($" : ", $",
                      query.parameters.size());
    }
    absl::StrAppend(&query.sql, ")");
  }
  absl::StrAppend(&query.sql, ") AS v (");
  for (std::size_t i = 0, written = 0; i < columns_.size(); ++i) {
    if (types[i] == 0) continue;
    absl::StrAppend(&query.sql, written++ == 0 ? "" : ", ", columns_[i]);
  }
  absl::StrAppend(&query.sql, ") WHERE ", table_, ".id = v.id");
  return query;
}

}  // namespace webhooks::postgres
