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

// A prepared statement on loan from its connection. Resets it at the end, so
// that it keeps no read transaction open.
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

// A connection to a database file, for one thread at a time. SQLiteCpp throws:
// code that uses a Statement runs inside Guarded.
class Connection {
 public:
  enum class Mode {
    kWrite,  // creates the file if needed; checkpoints
    kRead,   // the file must exist, in WAL mode
    // Reads like kRead, and changes no file and no folder. The content is
    // reliable unless a server starts on the database meanwhile.
    // FAILED_PRECONDITION: NeedsRecovery.
    kInspect,
    // The file must exist, and no other process may use it. Nothing is synced;
    // a failure leaves an invalid database.
    kFill,
  };

  // Opens `path` and sets its pragmas, without a change of the content.
  // `observer` must outlive the connection. Messages are for the operator.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(
      const std::string& path, Mode mode,
      StoreObserver& observer = StoreObserver::None());

  // Runs `body`, which returns a Status or StatusOr. Maps an exception of the
  // driver to an error of storage/errors.h by its numeric code, and reports it
  // to the observer as a fault of `operation`. FAILED_PRECONDITION: a foreign
  // key is violated.
  //
  // A failed fsync ends the process: pages that the kernel has dropped would
  // seem to be written, and only recovery at the next start restores a known
  // state (https://wiki.postgresql.org/wiki/Fsync_Errors).
  template <typename Body>
  auto Guarded(absl::string_view operation, Body&& body) -> decltype(body()) {
    try {
      return std::forward<Body>(body)();
    } catch (const SQLite::Exception& exception) {
      return StatusOf(operation, exception.getExtendedErrorCode(),
                      exception.what());
    }
  }

  // Returns the statement for `sql`, which is prepared on its first use.
  // Throws; for use inside Guarded.
  Statement Prepared(absl::string_view sql);

  // Runs one statement without parameters or result, inside Guarded.
  absl::Status Execute(absl::string_view operation, absl::string_view sql);

  // Reports a fault of `operation` to the observer. Returns INTERNAL
  // (STORAGE_FAILURE).
  absl::Status Fault(absl::string_view operation,
                     absl::string_view cause) const;

  // Reports that `record` cannot be read. Returns DATA_LOSS (RECORD_DAMAGED).
  absl::Status Damaged(absl::string_view operation,
                       absl::string_view record) const;

  // Puts the database into WAL mode permanently. FAILED_PRECONDITION: the file
  // system does not support it.
  absl::Status UseWriteAheadLog();

  // The treatment of deleted content in the file.
  enum class Erasure {
    kFast,    // overwrites it in pages that are written anyway
    kAlways,  // overwrites it
  };

  // Sets the treatment of content that is deleted from now on. Initially kFast.
  absl::Status SetErasure(Erasure erasure);

  // Returns true if a transaction is open. SQLite rolls back a transaction by
  // itself on some errors.
  bool InTransaction() const;

  // Returns the number of pages in the write-ahead log after the last commit of
  // this connection; after a checkpoint, of those that could not be copied
  // because of readers.
  int wal_pages() const { return wal_pages_; }

  // The same in bytes.
  std::int64_t wal_bytes() const {
    return std::int64_t{wal_pages_} * page_size_;
  }

  // Returns the number of commits of this connection that changed the database.
  std::int64_t changing_commits() const { return changing_commits_; }

  // Copies the write-ahead log into the database, as far as readers allow.
  absl::Status Checkpoint();

  // Copies the whole write-ahead log into the database and empties its file.
  // Use it while no other connection reads.
  absl::Status TruncateLog();

  // Limits the size of the file, in whole pages. INVALID_ARGUMENT: it is larger
  // already.
  absl::Status LimitSize(std::int64_t max_bytes);

  sqlite3* handle() const { return database_.getHandle(); }

 private:
  static int OnCommit(void* self, sqlite3*, const char*, int pages);
  Connection(const std::string& name, int flags, StoreObserver& observer);
  void SetPragmas(Mode mode);
  absl::Status CopyLog(int mode);
  // Returns the last error of the system for the database's files, or 0.
  int SystemError() const;
  absl::Status StatusOf(absl::string_view operation, int code,
                        absl::string_view cause) const;

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
