#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_CONNECTION_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_CONNECTION_H_

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sql/connection.h"
#include "storage/store_observer.h"

namespace webhooks::sqlite {

using sql::Statement;

// A connection to a database file.
class Connection final : public sql::Connection {
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

  // A failed fsync ends the process: pages that the kernel has dropped would
  // seem to be written, and only recovery at the next start restores a known
  // state (https://wiki.postgresql.org/wiki/Fsync_Errors).
  ~Connection() override;

  // Called before each commit. An error fails the transaction.
  using CommitCheck = absl::AnyInvocable<absl::Status(const Connection&)>;
  void SetCommitCheck(CommitCheck may_commit) {
    may_commit_ = std::move(may_commit);
  }

  absl::Status Fault(absl::string_view operation,
                     absl::string_view cause) const override;
  absl::Status Damaged(absl::string_view operation,
                       absl::string_view record) const override;
  std::int64_t NextEventSeq() override;
  // Does nothing: NextEventSeq looks at the events.
  void PassEventSeq(std::int64_t) override {}
  absl::Status Begin() override;
  absl::Status Commit() override;
  void RollBack() override;
  bool InTransaction() const override;
  absl::Status BeginPart() override;
  absl::Status EndPart() override;
  absl::Status RollBackPart() override;
  bool LostToAnother() const override { return is_lost_; }
  std::int64_t changing_commits() const override { return changing_commits_; }
  bool NeedsTidyUp() const override;
  // Copies the write-ahead log into the database.
  void TidyUp() override;
  bool PublishesInSteps() const override { return true; }
  absl::Status TryToWrite() override;

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

  // Returns the number of pages in the write-ahead log after the last commit of
  // this connection; after a checkpoint, of those that could not be copied
  // because of readers.
  int wal_pages() const { return wal_pages_; }

  // The same in bytes.
  std::int64_t wal_bytes() const {
    return std::int64_t{wal_pages_} * page_size_;
  }

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
  // A prepared statement of SQLite.
  class PreparedStatement;

  sql::Cursor& Cache(absl::string_view sql) override;
  absl::Status StatusOf(absl::string_view operation,
                        const std::exception& failure) override;
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
  absl::flat_hash_map<std::string, std::unique_ptr<PreparedStatement>>
      statements_;
  CommitCheck may_commit_;
  // True if the parts of the open transaction have savepoints, which cost more
  // than most parts, and if those of the next one should.
  bool is_careful_ = false;
  bool is_next_careful_ = false;
  // True if the last transaction was rolled back because of one of its parts.
  bool is_lost_ = false;
  // The number of changed rows before the open part.
  std::int64_t changes_before_ = 0;
  int wal_pages_ = 0;
  std::int64_t changing_commits_ = 0;
  int page_size_ = 0;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_CONNECTION_H_
