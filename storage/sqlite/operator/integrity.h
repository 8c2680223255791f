#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_INTEGRITY_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_INTEGRITY_H_

#include <functional>

#include "absl/status/status.h"
#include "storage/sqlite/engine/connection.h"

namespace webhooks::sqlite {

// Reads the whole database, and compares its indexes with its tables. Calls
// `go_on` every few milliseconds. DATA_LOSS: the database is damaged; the
// message has the first fault. CANCELLED: `go_on` returned false. Other errors
// are those of Connection::Guarded.
absl::Status CheckIntegrity(Connection& connection,
                            std::function<bool()> go_on);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_INTEGRITY_H_
