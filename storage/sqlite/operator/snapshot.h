#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_SNAPSHOT_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_SNAPSHOT_H_

#include <string>

#include "absl/status/statusor.h"
#include "storage/sqlite/operator/operator_connection.h"

namespace webhooks::sqlite {

// Opens the database `path` for reading, and begins a transaction, which shows
// one moment of it. A server may use the database meanwhile; its log cannot
// shrink until the transaction ends. NOT_FOUND, FAILED_PRECONDITION, ...: see
// BackUpStore in storage/open.h.
absl::StatusOr<OperatorConnection> OpenSnapshot(const std::string& path);

// Returns the version of the schema. FAILED_PRECONDITION: the file is empty, or
// see ReadSchemaVersion.
absl::StatusOr<int> SnapshotVersion(OperatorConnection& snapshot);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_SNAPSHOT_H_
