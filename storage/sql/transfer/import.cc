#include "storage/sql/transfer/import.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/secret_key_rows.h"
#include "storage/sql/transfer/export.h"
#include "storage/uuid.h"

namespace webhooks::sql {
namespace {

// The seqs of a project's events begin so far above those of the database that
// other servers, which go on to publish, do not reach them during the import.
constexpr std::int64_t kSeqMargin = std::int64_t{1} << 30;

// The numbers of rows and bytes that a connection may send without waiting for
// the database.
constexpr int kPendingRows = 500;
constexpr std::size_t kPendingBytes = 1 << 20;

constexpr std::size_t kUuidBytes = 16;

absl::Status CheckHeader(const storage::StreamHeader& header,
                         const Sealer& sealer) {
  const std::int64_t first = header.first_event_seq();
  const bool is_valid =
      (header.project().empty() || header.project().size() == kUuidBytes) &&
      first >= 0 && first <= header.last_event_seq() &&
      header.last_event_seq() <= kMaxStreamSeq;
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
          "the database is not empty: a server, or another import, has made "
          "rows in its table ",
          table.name,
          "; create another database, and import before the first start of a "
          "server"));
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
  if (!good.ok()) return import->CauseOf(good);
  return import;
}

Import::Import(StreamReader reader, storage::StreamHeader header,
               const SecretKeys& keys)
    : reader_(std::move(reader)),
      header_(std::move(header)),
      sealer_(keys),
      adapter_(header_, sealer_) {
  for (const TransferTable& table : TransferTables()) {
    inserts_.push_back(InsertOf(table));
  }
}

absl::StatusOr<Transfer> Import::Run(Connection& connection) {
  absl::Status status = CheckTarget(connection);
  if (status.ok()) status = CheckSealingKey(connection, sealer_);
  if (status.ok()) status = InsertRows(connection);
  if (status.ok() && adapter_.last_event_seq() > 0) {
    // Not before the stream was verified: this cannot be undone everywhere.
    status = connection.Guarded("pass seqs", [&] {
      connection.PassEventSeq(adapter_.last_event_seq());
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
          "the database already has the project ", UuidText(project()),
          ": import it into another database, or delete it from this one "
          "(webhookctl project delete) and import it when its records are "
          "removed"));
    }
    adapter_.MoveSeqs(connection.NextEventSeq() + kSeqMargin -
                      header_.first_event_seq());
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
    if (!inserted.ok()) return CauseOf(inserted);
  }
}

absl::Status Import::CauseOf(const absl::Status& error) {
  // The database can be tried again, whatever the stream is like.
  if (absl::IsUnavailable(error) || absl::IsResourceExhausted(error)) {
    return error;
  }
  storage::StreamRecord record;
  for (;;) {
    const auto more = reader_.Next(record);
    if (!more.ok()) return more.status();
    if (!*more) return error;
  }
}

absl::Status Import::InsertRow(Connection& connection,
                               storage::StreamRow& row) {
  const TransferTable& table = TransferTables()[row.table()];
  absl::Status adapted = adapter_.Adapt(row);
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

}  // namespace webhooks::sql
