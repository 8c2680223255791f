#include "storage/sql/transfer/import.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/sealed_secrets.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/retry_job_step.h"
#include "storage/sql/rows/secret_key_rows.h"
#include "storage/sql/transfer/export.h"
#include "storage/uuid.h"

namespace webhooks::sql {
namespace {

// The seqs of a project's events begin so far above those of the database that
// other servers, which go on to publish, do not reach them during the import.
constexpr std::int64_t kSeqMargin = std::int64_t{1} << 30;

// The limits of seqs and places in a stream: far below that of the type, so
// that they can be moved.
constexpr std::int64_t kMaxSeq = std::int64_t{1} << 60;
constexpr std::int64_t kMaxPlace = 2 * kMaxSeq + 1;

// The numbers of rows and bytes that a connection may send without waiting for
// the database.
constexpr int kPendingRows = 500;
constexpr std::size_t kPendingBytes = 1 << 20;

constexpr std::size_t kUuidBytes = 16;

absl::Status DamagedRow(const TransferTable& table) {
  return absl::DataLossError(
      absl::StrCat("the stream is damaged: a row of ", table.name,
                   " is not valid; nothing was imported"));
}

absl::Status CheckHeader(const storage::StreamHeader& header,
                         const Sealer& sealer) {
  const std::int64_t first = header.first_event_seq();
  const bool is_valid =
      (header.project().empty() || header.project().size() == kUuidBytes) &&
      first >= 0 && first <= header.last_event_seq() &&
      header.last_event_seq() <= kMaxSeq;
  if (!is_valid) {
    return absl::DataLossError(
        "the stream is damaged: its header is not valid; nothing was imported");
  }
  for (const std::string& bytes : header.secret_keys()) {
    SecretKey::Id id{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), id.size()), id.begin());
    if (sealer.Has(id)) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "the stream has secrets under the key ", FormatKeyId(id),
        ", which is not in the key file: add its line to the file"));
  }
  return absl::OkStatus();
}

// Returns OK if the servers of the database have the key that seals the rows.
absl::Status CheckSealingKey(Connection& connection, const Sealer& sealer) {
  absl::Status known = CheckSecretKeys(connection, sealer);
  if (!known.ok()) return known;
  const auto used = SelectSecretKeys(connection);
  if (!used.ok()) return used.status();
  const SecretKey::Id key = sealer.sealing_key();
  if (used->empty() ||
      std::find(used->begin(), used->end(), key) != used->end()) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the database does not use the first key of the key file, ",
      FormatKeyId(key), ": move a key of the database to the first line"));
}

absl::Status CheckEmpty(Connection& connection) {
  return connection.Guarded("look for rows", [&]() -> absl::Status {
    for (const TransferTable& table : TransferTables()) {
      Statement row = connection.Prepared(
          absl::StrCat("SELECT 1 FROM ", table.name, " LIMIT 1"));
      if (!row.Step()) continue;
      return absl::FailedPreconditionError(absl::StrCat(
          "the database is not empty: it has rows in the table ", table.name));
    }
    return absl::OkStatus();
  });
}

// Waits until the database has executed the statements so far.
absl::Status AwaitPending(Connection& connection) {
  return connection.Guarded("import", [&]() -> absl::Status {
    Statement row = connection.Prepared("SELECT 1");
    row.Step();
    return absl::OkStatus();
  });
}

const std::string& ValueOf(const TransferTable& table,
                           const storage::StreamRow& row,
                           absl::string_view column) {
  std::size_t index = 0;
  while (table.columns[index].name != column) ++index;
  return row.values(static_cast<int>(index)).data();
}

bool HasType(const storage::StreamValue& value, ColumnType type) {
  return value.value_case() == storage::StreamValue::VALUE_NOT_SET ||
         value.has_integer() == (type == ColumnType::kInteger);
}

void BindValue(Statement& statement, int index, ColumnType type,
               const storage::StreamValue& value) {
  if (value.has_integer()) {
    statement.Bind(index, value.integer());
  } else if (value.has_data() && type == ColumnType::kText) {
    BindText(statement, index, value.data());
  } else if (value.has_data()) {
    BindBytes(statement, index, value.data());
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Import>> Import::Begin(
    ByteSource source, const SecretKeySource& keys) {
  StreamReader reader(std::move(source));
  auto header = reader.ReadHeader();
  if (!header.ok()) return header.status();
  const auto found = keys(/*must_exist=*/true);
  if (!found.ok()) return found.status();
  std::unique_ptr<Import> import(
      new Import(std::move(reader), *std::move(header), *found));
  absl::Status good = CheckHeader(import->header_, import->sealer_);
  if (!good.ok()) return good;
  return import;
}

Import::Import(StreamReader reader, storage::StreamHeader header,
               const SecretKeys& keys)
    : reader_(std::move(reader)), header_(std::move(header)), sealer_(keys) {
  for (const TransferTable& table : TransferTables()) {
    inserts_.push_back(InsertOf(table));
  }
}

absl::StatusOr<Transfer> Import::Run(Connection& connection) {
  absl::Status status = CheckSealingKey(connection, sealer_);
  if (status.ok()) status = CheckTarget(connection);
  if (status.ok()) status = InsertRows(connection);
  if (status.ok() && header_.last_event_seq() > 0) {
    // Not before the stream was verified: this cannot be undone everywhere.
    status = connection.Guarded("pass seqs", [&] {
      connection.PassEventSeq(header_.last_event_seq() + moved_by_);
      return absl::OkStatus();
    });
  }
  // Again, in case it has become an older key meanwhile.
  if (status.ok()) {
    status = InsertSecretKey(connection, sealer_.sealing_key());
  }
  if (!status.ok()) return status;
  return TransferOf(project(), reader_.rows(), reader_.bytes());
}

absl::Status Import::CheckTarget(Connection& connection) {
  if (project().empty()) return CheckEmpty(connection);
  return connection.Guarded("look for project", [&]() -> absl::Status {
    Statement row = connection.Prepared("SELECT 1 FROM projects WHERE id = ?");
    BindBytes(row, 1, project());
    if (row.Step()) {
      return absl::AlreadyExistsError(absl::StrCat(
          "the database already has the project ", UuidText(project())));
    }
    moved_by_ =
        connection.NextEventSeq() + kSeqMargin - header_.first_event_seq();
    return absl::OkStatus();
  });
}

absl::Status Import::InsertRows(Connection& connection) {
  storage::StreamRecord record;
  int rows = 0;
  std::size_t bytes = 0;
  for (;;) {
    const auto more = reader_.Next(record);
    if (!more.ok()) return more.status();
    if (!*more) return AwaitPending(connection);
    absl::Status inserted = InsertRow(connection, *record.mutable_row());
    bytes += record.ByteSizeLong();
    if (inserted.ok() && (++rows == kPendingRows || bytes >= kPendingBytes)) {
      inserted = AwaitPending(connection);
      rows = 0;
      bytes = 0;
    }
    if (!inserted.ok()) return inserted;
  }
}

absl::Status Import::InsertRow(Connection& connection,
                               storage::StreamRow& row) {
  const TransferTable& table = TransferTables()[row.table()];
  absl::Status adapted = Adapt(table, row);
  if (!adapted.ok()) return adapted;
  return connection.Guarded(
      absl::StrCat("import ", table.name), [&]() -> absl::Status {
        Statement insert = connection.Prepared(inserts_[row.table()]);
        for (int i = 0; i < row.values_size(); ++i) {
          BindValue(insert, i + 1,
                    table.columns[static_cast<std::size_t>(i)].type,
                    row.values(i));
        }
        insert.Execute();
        return absl::OkStatus();
      });
}

absl::Status Import::Adapt(const TransferTable& table,
                           storage::StreamRow& row) const {
  if (!project().empty() && table.from_project.empty()) {
    return DamagedRow(table);
  }
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (!HasType(row.values(static_cast<int>(i)), table.columns[i].type)) {
      return DamagedRow(table);
    }
    absl::Status adapted = AdaptValue(table, i, row);
    if (!adapted.ok()) return adapted;
  }
  return absl::OkStatus();
}

absl::Status Import::AdaptValue(const TransferTable& table, std::size_t column,
                                storage::StreamRow& row) const {
  storage::StreamValue& value = *row.mutable_values(static_cast<int>(column));
  switch (table.columns[column].role) {
    case ColumnRole::kPlain:
      return absl::OkStatus();
    case ColumnRole::kProject:
      return project().empty() || value.data() == project() ? absl::OkStatus()
                                                            : DamagedRow(table);
    case ColumnRole::kEventSeq:
      if (value.integer() < header_.first_event_seq() ||
          value.integer() > header_.last_event_seq()) {
        return DamagedRow(table);
      }
      value.set_integer(value.integer() + moved_by_);
      return absl::OkStatus();
    case ColumnRole::kPlace:
      if (value.integer() < 0 || value.integer() > kMaxPlace) {
        return DamagedRow(table);
      }
      value.set_integer(value.integer() + 2 * moved_by_);
      return absl::OkStatus();
    case ColumnRole::kJobPosition:
      value.set_data(MovedPosition(value.data(), moved_by_));
      return absl::OkStatus();
    case ColumnRole::kSecrets:
      value.set_data(SealedAgain(value.data(), ValueOf(table, row, "id")));
      return absl::OkStatus();
    case ColumnRole::kSettings:
      if (value.has_data()) {
        value.set_data(SealedAgain(value.data(),
                                   SettingsOwner(ValueOf(table, row, "id"))));
      }
      return absl::OkStatus();
    case ColumnRole::kAnswer:
      value.set_data(SealedAgain(value.data(), ValueOf(table, row, "key")));
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

std::string Import::SealedAgain(const std::string& sealed,
                                const std::string& owner) const {
  if (sealer_.IsNewest(sealed)) return sealed;
  const auto text = sealer_.Open(sealed, owner);
  return text ? sealer_.Seal(*text, owner) : sealed;
}

}  // namespace webhooks::sql
