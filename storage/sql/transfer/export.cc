#include "storage/sql/transfer/export.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/time.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/secret_key_rows.h"
#include "storage/sql/transfer/stream_writer.h"
#include "storage/sql/transfer/tables.h"
#include "storage/uuid.h"

namespace webhooks::sql {
namespace {

// Returns the 16 bytes of the project with this id or name; "" for "".
absl::StatusOr<std::string> FindExported(Connection& connection,
                                         const std::string& project) {
  if (project.empty()) return "";
  const bool is_id = ParseUuid(project).has_value();
  return connection.Guarded(
      "find project", [&]() -> absl::StatusOr<std::string> {
        Statement row = connection.Prepared(
            is_id ? "SELECT id FROM projects"
                    " WHERE id = ? AND deleted_at IS NULL"
                  : "SELECT id FROM projects"
                    " WHERE name = ? AND deleted_at IS NULL ORDER BY id");
        if (is_id) {
          BindUuid(row, 1, project);
        } else {
          BindText(row, 1, project);
        }
        std::vector<std::string> ids;
        while (row.Step()) ids.emplace_back(BlobColumn(row, 0));
        if (ids.size() == 1) return ids[0];
        if (ids.empty()) {
          return absl::NotFoundError(absl::StrCat(
              "no project has the id or the name '", project, "'"));
        }
        for (std::string& id : ids) id = UuidText(id);
        return absl::InvalidArgumentError(
            absl::StrCat("several projects have the name '", project,
                         "'; give the id of one: ", absl::StrJoin(ids, ", ")));
      });
}

absl::StatusOr<storage::StreamHeader> MakeHeader(Connection& connection,
                                                 const std::string& project,
                                                 absl::Time now) {
  storage::StreamHeader header;
  header.set_version(kStreamVersion);
  *header.mutable_exported_at() = ToTimestamp(now);
  header.set_project(project);
  auto keys = SelectSecretKeys(connection);
  if (!keys.ok()) return keys.status();
  std::sort(keys->begin(), keys->end());
  for (const SecretKey::Id& key : *keys) {
    header.add_secret_keys(std::string(key.begin(), key.end()));
  }
  for (const TransferTable& table : TransferTables()) {
    storage::StreamTable& described = *header.add_tables();
    described.set_name(std::string(table.name));
    for (const TransferColumn& column : table.columns) {
      described.add_columns(std::string(column.name));
    }
  }
  absl::Status found = connection.Guarded("find seqs", [&]() -> absl::Status {
    Statement row =
        connection.Prepared("SELECT min(seq), max(seq) FROM events");
    if (row.Step() && !row.IsNull(0)) {
      header.set_first_event_seq(row.Int64(0));
      header.set_last_event_seq(row.Int64(1));
    }
    return absl::OkStatus();
  });
  if (!found.ok()) return found;
  return header;
}

// Reads the columns of the current row.
void ReadValues(const TransferTable& table, Statement& row,
                storage::StreamRow& values) {
  values.clear_values();
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    storage::StreamValue& value = *values.add_values();
    const int column = static_cast<int>(i);
    if (row.IsNull(column)) continue;
    if (table.columns[i].type == ColumnType::kInteger) {
      value.set_integer(row.Int64(column));
    } else {
      value.set_data(std::string(BlobColumn(row, column)));
    }
  }
}

absl::Status ExportTable(Connection& connection, std::size_t index,
                         const std::string& project, StreamWriter& writer) {
  const TransferTable& table = TransferTables()[index];
  const bool of_project = !project.empty();
  if (of_project && table.from_project.empty()) return absl::OkStatus();
  return connection.Guarded(
      absl::StrCat("export ", table.name), [&]() -> absl::Status {
        Statement row = connection.Streamed(SelectOf(table, of_project));
        if (of_project) BindBytes(row, 1, project);
        storage::StreamRecord record;
        record.mutable_row()->set_table(static_cast<std::uint32_t>(index));
        while (row.Step()) {
          ReadValues(table, row, *record.mutable_row());
          absl::Status written = writer.WriteRow(record);
          if (!written.ok()) return written;
        }
        return absl::OkStatus();
      });
}

}  // namespace

Transfer TransferOf(absl::string_view project,
                    absl::Span<const std::int64_t> rows, std::int64_t bytes) {
  Transfer transfer;
  if (!project.empty()) transfer.project = UuidText(project);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    transfer.records.emplace_back(TransferTables()[i].name, rows[i]);
  }
  transfer.bytes = bytes;
  return transfer;
}

absl::Status NotMigrated(int version, int newest) {
  if (version == 0) {
    return absl::FailedPreconditionError(
        "the database has no tables of this service");
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the database has schema version ", version, "; this program needs ",
      newest, ": start a server of this version on it first"));
}

absl::StatusOr<Transfer> ExportRows(Connection& connection,
                                    absl::string_view project, absl::Time now,
                                    const ByteSink& sink) {
  const auto id = FindExported(connection, std::string(project));
  if (!id.ok()) return id.status();
  const auto header = MakeHeader(connection, *id, now);
  if (!header.ok()) return header.status();
  StreamWriter writer(sink);
  writer.WriteHeader(*header);
  for (std::size_t i = 0; i < TransferTables().size(); ++i) {
    absl::Status exported = ExportTable(connection, i, *id, writer);
    if (!exported.ok()) return exported;
  }
  absl::Status finished = writer.Finish();
  if (!finished.ok()) return finished;
  return TransferOf(*id, writer.rows(), writer.bytes());
}

}  // namespace webhooks::sql
