#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_CONNECTION_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_CONNECTION_H_

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/store_observer.h"

namespace webhooks::sqlite {

// A prepared statement on loan: reset when the loan ends, so that it holds no
// read transaction open.
class Statement {
 public:
  explicit Statement(SQLite::Statement& statement) : statement_(statement) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() {
    statement_.tryReset();
    statement_.clearBindings();
  }

  SQLite::Statement* operator->() { return &statement_; }

 private:
  SQLite::Statement& statement_;
};

// One connection to a database file, for one thread at a time. SQLiteCpp
// throws: code that touches a Statement runs inside Guarded.
class Connection {
 public:
  enum class Mode {
    kWrite,  // makes the file if need be; checkpoints
    kRead,   // the file must be there, in WAL mode
    // Reads like kRead, and leaves the files and their folder as they are.
    // Reads the truth unless a server starts on the database meanwhile.
    // FAILED_PRECONDITION: NeedsRecovery.
    kInspect,
    // The file must be there, and be nobody else's. Nothing is synced, and what
    // a failure leaves is no database.
    kFill,
  };

  // Opens `path` and sets its pragmas; what the file holds is not changed.
  // `observer` must outlive the connection. Messages are for the operator.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(
      const std::string& path, Mode mode,
      StoreObserver& observer = StoreObserver::None());

  // Runs `body`, which returns a Status or StatusOr, and turns what the driver
  // throws into the errors of storage/errors.h, by its numeric code; faults go
  // to the observer as "`what`". FAILED_PRECONDITION: a foreign key.
  //
  // A failed fsync ends the process: pages that the kernel has dropped would
  // look written from here on, and only recovery at the next start knows better
  // (https://wiki.postgresql.org/wiki/Fsync_Errors).
  template <typename Body>
  auto Guarded(absl::string_view what, Body&& body) -> decltype(body()) {
    try {
      return std::forward<Body>(body)();
    } catch (const SQLite::Exception& exception) {
      return StatusOf(what, exception.getExtendedErrorCode(), exception.what());
    }
  }

  // Prepares `sql` on its first use. Throws; for use inside Guarded.
  Statement Prepared(absl::string_view sql);

  // Runs one statement without parameters or result, by way of Guarded.
  absl::Status Execute(absl::string_view what, absl::string_view sql);

  // Tells the observer of a fault that no statement had, and gives
  // INTERNAL (STORAGE_FAILURE).
  absl::Status Fault(absl::string_view what, absl::string_view why) const;

  // Returns Fault for one record that cannot be read, named by `which`:
  // DATA_LOSS (RECORD_DAMAGED).
  absl::Status Damaged(absl::string_view what, absl::string_view which) const;

  // Puts the database into WAL mode, for good. FAILED_PRECONDITION: the file
  // system cannot hold one.
  absl::Status UseWriteAheadLog();

  // The treatment of deleted content that still lies in the file.
  enum class Erasure {
    kWhereFree,  // it is overwritten in pages that are written anyway
    kAlways,     // it is overwritten
  };

  // Sets it for what is deleted from now on; at first it is kWhereFree.
  absl::Status Erase(Erasure erasure);

  // Returns true if a transaction is open: SQLite ends one by itself on some
  // errors.
  bool InTransaction() const;

  // Returns the number of pages that the write-ahead log held after the last
  // commit here; once they are copied, of those that readers have held back.
  int wal_pages() const { return wal_pages_; }

  // The same in bytes.
  std::int64_t wal_bytes() const {
    return std::int64_t{wal_pages_} * page_size_;
  }

  // Returns the number of commits here that have changed the database.
  std::int64_t changing_commits() const { return changing_commits_; }

  // Copies the write-ahead log into the database as far as readers allow.
  absl::Status Checkpoint();

  // Copies all of the write-ahead log into the database and empties its file.
  // For a time when nothing else uses the database.
  absl::Status TruncateLog();

  // Caps the size of the file, in whole pages. INVALID_ARGUMENT: it is larger
  // already.
  absl::Status LimitSize(std::int64_t max_bytes);

  sqlite3* handle() const { return database_.getHandle(); }

 private:
  static int NoteCommit(void* self, sqlite3*, const char*, int pages);
  Connection(const std::string& name, int flags, StoreObserver& observer);
  void SetPragmas(Mode mode);
  absl::Status CopyLog(int how);
  // The system's error of the database's files that came last, or 0.
  int SystemError() const;
  absl::Status StatusOf(absl::string_view what, int code,
                        absl::string_view why) const;

  StoreObserver& observer_;
  SQLite::Database database_;
  absl::flat_hash_map<std::string, std::unique_ptr<SQLite::Statement>>
      statements_;
  int wal_pages_ = 0;
  std::int64_t changing_commits_ = 0;
  int page_size_ = 0;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_CONNECTION_H_
