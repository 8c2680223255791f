#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_LOCKED_DATABASE_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_LOCKED_DATABASE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/sqlite/engine/connection.h"
#include "storage/store_observer.h"

namespace webhooks::sqlite {

// A database file that no other server and no import uses.
struct LockedDatabase {
  // Without symbolic links.
  std::string path;
  // The locks, until it is destroyed. It must outlive all connections.
  std::shared_ptr<void> locks;
  // The connection that writes.
  std::unique_ptr<Connection> writer;
};

// Locks and opens the file, which it creates if needed. Its content does not
// change. `observer` must outlive the connection. Messages are for the
// operator. FAILED_PRECONDITION: another process holds the lock, or the file
// cannot be a database (see CheckDatabaseFile). The other errors are those of
// Connection::Open and of the system.
absl::StatusOr<LockedDatabase> OpenLocked(const std::string& path,
                                          StoreObserver& observer);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_LOCKED_DATABASE_H_
