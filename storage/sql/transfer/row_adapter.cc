#include "storage/sql/transfer/row_adapter.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "proto/json/utf8.h"
#include "storage/sealed_secrets.h"
#include "storage/sql/rows/retry_job_step.h"

namespace webhooks::sql {
namespace {

constexpr std::int64_t kMaxPlace = 2 * kMaxStreamSeq + 1;

absl::Status InvalidRow(const TransferTable& table) {
  return absl::DataLossError(
      absl::StrCat("the stream is damaged: a row of ", table.name,
                   " is not valid; nothing was imported"));
}

// Returns the error for text that PostgreSQL cannot store. The first value
// identifies the row.
absl::Status InvalidText(const TransferTable& table,
                         const TransferColumn& column,
                         const storage::StreamValue& first) {
  const std::string name = first.has_integer()
                               ? absl::StrCat(first.integer())
                               : absl::BytesToHexString(first.data());
  return absl::DataLossError(absl::StrCat(
      "the database of the stream is damaged: in the table ", table.name,
      ", the column ", column.name, " of the row with the ",
      table.columns[0].name, " ", name, " is not UTF-8; nothing was imported"));
}

bool IsText(absl::string_view text) {
  return IsValidUtf8(text) && !absl::StrContains(text, '\0');
}

absl::Status CheckValue(const TransferTable& table,
                        const TransferColumn& column,
                        const storage::StreamRow& row,
                        const storage::StreamValue& value) {
  if (value.has_integer() && column.type != ColumnType::kInteger) {
    return InvalidRow(table);
  }
  if (value.has_data() && column.type == ColumnType::kInteger) {
    return InvalidRow(table);
  }
  if (column.type == ColumnType::kText && !IsText(value.data())) {
    return InvalidText(table, column, row.values(0));
  }
  return absl::OkStatus();
}

const std::string& ValueOf(const TransferTable& table,
                           const storage::StreamRow& row,
                           absl::string_view column) {
  std::size_t index = 0;
  while (table.columns[index].name != column) ++index;
  return row.values(static_cast<int>(index)).data();
}

}  // namespace

absl::Status RowAdapter::Adapt(storage::StreamRow& row) const {
  const TransferTable& table = TransferTables()[row.table()];
  if (!header_.project().empty() && table.from_project.empty()) {
    return InvalidRow(table);
  }
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    absl::Status status = CheckValue(table, table.columns[i], row,
                                     row.values(static_cast<int>(i)));
    if (status.ok()) status = AdaptValue(table, i, row);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status RowAdapter::AdaptValue(const TransferTable& table,
                                    std::size_t column,
                                    storage::StreamRow& row) const {
  storage::StreamValue& value = *row.mutable_values(static_cast<int>(column));
  const std::int64_t number = value.integer();
  switch (table.columns[column].role) {
    case ColumnRole::kPlain:
      break;
    case ColumnRole::kProject:
      if (!header_.project().empty() && value.data() != header_.project()) {
        return InvalidRow(table);
      }
      break;
    case ColumnRole::kEventSeq:
      if (number < header_.first_event_seq() ||
          number > header_.last_event_seq()) {
        return InvalidRow(table);
      }
      value.set_integer(number + moved_by_);
      break;
    case ColumnRole::kPlace:
      if (number < 0 || number > kMaxPlace) return InvalidRow(table);
      value.set_integer(number + 2 * moved_by_);
      break;
    case ColumnRole::kJobPosition:
      value.set_data(MovedPosition(value.data(), moved_by_));
      break;
    case ColumnRole::kSecrets:
      SealAgain(value, ValueOf(table, row, "id"));
      break;
    case ColumnRole::kSettings:
      SealAgain(value, SettingsOwner(ValueOf(table, row, "id")));
      break;
    case ColumnRole::kAnswer:
      SealAgain(value, ValueOf(table, row, "key"));
      break;
  }
  return absl::OkStatus();
}

void RowAdapter::SealAgain(storage::StreamValue& value,
                           const std::string& owner) const {
  if (!value.has_data() || sealer_.IsNewest(value.data())) return;
  const auto text = sealer_.Open(value.data(), owner);
  if (text) value.set_data(sealer_.Seal(*text, owner));
}

}  // namespace webhooks::sql
