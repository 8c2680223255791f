#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_INTEGRITY_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_INTEGRITY_H_

#include <functional>

#include "absl/status/status.h"
#include "storage/sqlite/engine/connection.h"

namespace webhooks::sqlite {

// Reads the whole database, and compares its indexes with its tables.
// DATA_LOSS: it is damaged; the message has the first fault. CANCELLED:
// `go_on`, which is called now and then, was false. Others as of Guarded.
absl::Status CheckIntegrity(Connection& connection,
                            std::function<bool()> go_on);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_INTEGRITY_H_
