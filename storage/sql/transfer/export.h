#ifndef WEBHOOKS_STORAGE_SQL_TRANSFER_EXPORT_H_
#define WEBHOOKS_STORAGE_SQL_TRANSFER_EXPORT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sql/connection.h"
#include "storage/transfer.h"

namespace webhooks::sql {

// Writes the records of the database, or of the project with the id or name
// `project` if that is not "", to `sink`, one after another. The caller has
// begun a transaction that shows one moment of the database. `now` is the time
// in the header. NOT_FOUND: there is no such project. INVALID_ARGUMENT: several
// projects have the name. Errors of the database and of `sink` are passed on.
absl::StatusOr<Transfer> ExportRows(Connection& connection,
                                    absl::string_view project, absl::Time now,
                                    const ByteSink& sink);

// Returns the result of an export or import of so many rows of each table.
// `project` is the 16 bytes of its id, or "".
Transfer TransferOf(absl::string_view project,
                    absl::Span<const std::int64_t> rows, std::int64_t bytes);

// Returns the FAILED_PRECONDITION error for a database of another version than
// the newest, which has other columns. 0: it has no tables.
absl::Status NotMigrated(int version, int newest);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_TRANSFER_EXPORT_H_
