#ifndef WEBHOOKS_STORAGE_SQL_CONNECTION_H_
#define WEBHOOKS_STORAGE_SQL_CONNECTION_H_

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// A connection to a SQL database: the functions of a driver that the rows of
// storage/sql/rows need. The statements are written in the SQL of SQLite, of
// which the driver of another database translates what differs.
namespace webhooks::sql {

// A statement of a driver, with its parameters and its current row. Parameters
// count from 1, columns from 0. Methods throw a std::exception that
// Connection::StatusOf maps.
class Cursor {
 public:
  virtual ~Cursor() = default;

  // Parameters that are not bound are NULL. The text and the bytes must outlive
  // the execution.
  virtual void BindInt64(int index, std::int64_t value) = 0;
  virtual void BindText(int index, const std::string& text) = 0;
  virtual void BindBytes(int index, absl::string_view bytes) = 0;
  // Binds a copy of the bytes.
  virtual void BindCopy(int index, absl::string_view bytes) = 0;

  // Moves to the next row. Returns false if there is none.
  virtual bool Step() = 0;
  // Executes a statement without rows. Within a transaction, it can be executed
  // later, and its failure shows at another statement or at the end of the part
  // of the transaction.
  virtual void Execute() = 0;
  // Like Execute, for a statement that has the same effect if it is executed
  // several times. Executions with the same parameters can become one.
  virtual void ExecuteIdempotent() { Execute(); }
  // Executes a statement without rows at once. Returns the number of changed
  // rows.
  virtual int ExecuteAndCount() = 0;
  // Executes an UPDATE of one row, or an INSERT that can change nothing.
  // Returns false if there is no such row. Within a transaction, it can return
  // true before that is known; if there is none, the transaction runs again,
  // and this returns false.
  virtual bool ExecuteOnOne() = 0;
  // Like ExecuteOnOne, for an UPDATE that adds parameter `index` to a column.
  // Executions that differ in that parameter alone can become one.
  virtual bool ExecuteToAdd(int /*index*/) { return ExecuteOnOne(); }

  // Requests the rows for the bound parameters ahead of their first Step, by a
  // statement with the same text and parameters: a driver whose database is
  // another process gets the rows of several statements at once. They can lack
  // what the transaction changes after this call.
  virtual void Prefetch() {}

  // Read the current row. Views last until the next step.
  virtual bool IsNull(int column) = 0;
  // Returns 1 for true and 0 for false.
  virtual std::int64_t Int64(int column) = 0;
  // Returns text or bytes; "" for NULL.
  virtual absl::string_view Bytes(int column) = 0;

  // Ends the execution and forgets the parameters.
  virtual void Reset() noexcept = 0;
};

// A cursor in use. Resets it at the end, so that it keeps no read transaction
// open.
class Statement {
 public:
  explicit Statement(Cursor& cursor) : cursor_(&cursor) {}
  Statement(Statement&& other) noexcept
      : cursor_(std::exchange(other.cursor_, nullptr)) {}
  Statement& operator=(const Statement&) = delete;
  ~Statement() {
    if (cursor_ != nullptr) cursor_->Reset();
  }

  void Bind(int index, std::int64_t value) { cursor_->BindInt64(index, value); }
  bool Step() { return cursor_->Step(); }
  void Execute() { cursor_->Execute(); }
  void ExecuteIdempotent() { cursor_->ExecuteIdempotent(); }
  int ExecuteAndCount() { return cursor_->ExecuteAndCount(); }
  bool ExecuteOnOne() { return cursor_->ExecuteOnOne(); }
  bool ExecuteToAdd(int index) { return cursor_->ExecuteToAdd(index); }
  void Prefetch() { cursor_->Prefetch(); }
  bool IsNull(int column) { return cursor_->IsNull(column); }
  std::int64_t Int64(int column) { return cursor_->Int64(column); }
  int Int(int column) { return static_cast<int>(cursor_->Int64(column)); }
  // See storage/sql/columns.h for the other types.
  Cursor& cursor() { return *cursor_; }

 private:
  Cursor* cursor_;
};

// A connection, for one thread at a time. Drivers throw: code that uses a
// Statement runs inside Guarded.
class Connection {
 public:
  // Enough for a page of a list of the usual size.
  static constexpr int kFirstRows = 101;

  virtual ~Connection() = default;

  // Runs `body`, which returns a Status or StatusOr. Maps an exception of the
  // driver to an error of storage/errors.h, and reports it to the observer as a
  // fault of `operation`. FAILED_PRECONDITION: a foreign key is violated.
  template <typename Body>
  auto Guarded(absl::string_view operation, Body&& body) -> decltype(body()) {
    try {
      return std::forward<Body>(body)();
    } catch (const std::exception& failure) {
      return StatusOf(operation, failure);
    }
  }

  // Returns a statement for `sql`. Throws; for use inside Guarded.
  Statement Prepared(absl::string_view sql) { return Statement(Cache(sql)); }

  // Returns a statement for a query whose caller may stop after some of many
  // rows, and which orders them. Fetches `first` rows at first. Throws; for use
  // inside Guarded.
  Statement Streamed(absl::string_view sql, int first = kFirstRows) {
    return Statement(Stream(sql, first));
  }

  // Runs one statement without parameters or result, inside Guarded.
  absl::Status Execute(absl::string_view operation, absl::string_view sql);

  // Reports a fault of `operation` to the observer. Returns INTERNAL
  // (STORAGE_FAILURE).
  virtual absl::Status Fault(absl::string_view operation,
                             absl::string_view cause) const = 0;

  // Reports that `record` cannot be read. Returns DATA_LOSS (RECORD_DAMAGED).
  virtual absl::Status Damaged(absl::string_view operation,
                               absl::string_view record) const = 0;

  // Returns true if the database is another process, which may answer late:
  // callers of the store must not wait for it on their threads.
  virtual bool IsRemote() const { return false; }

  // Returns true if Prefetch makes a difference now.
  virtual bool Prefetches() const { return false; }
  // Forgets the rows that were prefetched, since they may change: before a
  // change of rows that other calls of the transaction may have requested.
  virtual void ForgetPrefetched() {}

  // Requests a seq ahead of a call of NextEventSeq.
  virtual void PrefetchEventSeq() {}

  // Returns the seq of a new event, above those of all stored events, or
  // reserves such a seq in the table publishing. Throws; for use inside
  // Guarded.
  virtual std::int64_t NextEventSeq() = 0;

  // Makes NextEventSeq return seqs above `seq` as long as an event with `seq`
  // is stored. Throws; for use inside Guarded.
  virtual void PassEventSeq(std::int64_t seq) = 0;

  // The calls below are those of a connection that writes.

  // Begins and commits a transaction. A commit that fails leaves it open.
  virtual absl::Status Begin() = 0;
  virtual absl::Status Commit() = 0;
  virtual void RollBack() = 0;

  // Returns true if a transaction is open. The database rolls back a
  // transaction by itself on some errors.
  virtual bool InTransaction() const = 0;

  // Begin and end a part of a transaction. RollBackPart undoes its changes,
  // also if EndPart has failed. It can roll back the transaction instead, whose
  // next run then undoes them alone.
  virtual absl::Status BeginPart() = 0;
  virtual absl::Status EndPart() = 0;
  virtual absl::Status RollBackPart() = 0;

  // Returns true if the same work can succeed if it runs again: the last
  // transaction was lost to another one, or by RollBackPart.
  virtual bool LostToAnother() const { return false; }

  // Returns the SQLSTATE of the error for which the last transaction was lost,
  // until the next one begins; "" if it has none.
  virtual absl::string_view LostState() const { return ""; }

  // Returns true if nobody knows if the last commit took place.
  virtual bool IsOutcomeUnknown() const { return false; }

  // Returns the number of commits of this connection that changed the database.
  virtual std::int64_t changing_commits() const = 0;

  // Returns true if TidyUp is due.
  virtual bool NeedsTidyUp() const { return false; }
  // Does the work that follows transactions, such as a checkpoint, after the
  // completion of their calls.
  virtual void TidyUp() {}

  // Returns true if other writes wait for a long transaction, so that a large
  // publication is stored in steps.
  virtual bool PublishesInSteps() const = 0;

  // Writes about as many pages as an event needs, and deletes them again.
  virtual absl::Status TryToWrite() = 0;

 private:
  virtual Cursor& Cache(absl::string_view sql) = 0;
  virtual Cursor& Stream(absl::string_view sql, int /*first*/) {
    return Cache(sql);
  }
  virtual absl::Status StatusOf(absl::string_view operation,
                                const std::exception& failure) = 0;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_CONNECTION_H_
