#ifndef WEBHOOKS_STORAGE_SQL_TRANSFER_TABLES_H_
#define WEBHOOKS_STORAGE_SQL_TRANSFER_TABLES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// The tables that an export contains: everything that a database keeps. The
// other tables belong to running servers: reserved seqs of publications in
// progress, probes, servers with their connections and shards, and news.
namespace webhooks::sql {

// The type of a column's values.
enum class ColumnType { kInteger, kText, kBytes };

// The treatment of a column by an import.
enum class ColumnRole {
  kPlain,        // copied
  kProject,      // the project of the row
  kEventSeq,     // the seq of an event
  kPlace,        // twice the seq of an event, or one more
  kJobPosition,  // the position of a retry job
  kSecrets,      // sealed for the column `id`
  kSettings,     // sealed for the SettingsOwner of the column `id`
  kAnswer,       // sealed for the column `key`
};

struct TransferColumn {
  absl::string_view name;
  ColumnType type;
  ColumnRole role = ColumnRole::kPlain;
};

struct TransferTable {
  absl::string_view name;
  std::vector<TransferColumn> columns;
  // The rest of SELECT after the columns, which are those of `t`.
  absl::string_view from;
  // The same for the rows of one project, whose id is the parameter. Empty if
  // the table has none.
  absl::string_view from_project;
};

// The version of the tables below. A change of what they contain, or of the
// meaning of a column, increments it.
inline constexpr int kStreamVersion = 1;

// Returns the tables. A row comes after those that it refers to.
const std::vector<TransferTable>& TransferTables();

// Returns the SELECT for all rows of the table, or for those of one project.
std::string SelectOf(const TransferTable& table, bool of_project);

// Returns the INSERT for a row of the table. Its parameters are the columns.
std::string InsertOf(const TransferTable& table);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_TRANSFER_TABLES_H_
