#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_CONNECTION_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/postgres/engine/cursors.h"
#include "storage/postgres/engine/lane.h"
#include "storage/postgres/engine/link.h"
#include "storage/postgres/engine/member_id.h"
#include "storage/postgres/engine/pending_writes.h"
#include "storage/postgres/engine/read_ahead.h"
#include "storage/postgres/engine/target.h"
#include "storage/sql/connection.h"
#include "storage/store_observer.h"

namespace webhooks::postgres {

// A connection to a database of PostgreSQL. Connects again when the connection
// was lost, before the next transaction or read.
//
// Transactions are REPEATABLE READ: of two that change the same row, the second
// fails, and runs again. Statements that have no result, such as those that
// begin and end transactions and their parts, are sent with the next one.
//
// The parts of a transaction have no savepoints at first, and statements
// without a result are sent with later ones, also of other parts: inserted rows
// in a few statements, see PendingWrites. If one of them fails, but not because
// of a conflict with another transaction, or if a part that has changed
// something must be undone, the whole transaction runs again carefully: with
// savepoints, and without anything that was read ahead, so that the part fails
// alone.
//
// A transaction that changes something also changes the connection's row of the
// table lanes. When the connection is lost during the commit, the row tells
// later if it took place. When the server was declared dead, the row is
// deleted, and the transaction fails.
class Connection final : public sql::Connection {
 public:
  enum class Mode {
    kStatements,    // without the row of the table lanes
    kTransactions,  // see Begin
  };

  // Connects. `observer` must outlive the connection. `server` is the id of
  // this server, for kTransactions. UNAVAILABLE: it cannot, or the server is
  // not one of the table servers; the message is for the operator.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(
      const Target& target, Mode mode,
      StoreObserver& observer = StoreObserver::None(),
      std::shared_ptr<const MemberId> server = nullptr);
  ~Connection() override;

  // Runs a script of several statements, in one transaction of its own. A wait
  // for a lock that is too long is no fault: LostToAnother.
  absl::Status RunScript(absl::string_view operation,
                         const std::vector<std::string>& statements);

  absl::Status Fault(absl::string_view operation,
                     absl::string_view cause) const override;
  absl::Status Damaged(absl::string_view operation,
                       absl::string_view record) const override;
  bool IsRemote() const override { return true; }
  bool Prefetches() const override { return DefersWrites(); }
  void ForgetPrefetched() override { read_ahead_.Clear(); }
  void PrefetchEventSeq() override;
  std::int64_t NextEventSeq() override;
  void PassEventSeq(std::int64_t seq) override;
  absl::Status Begin() override;
  absl::Status Commit() override;
  void RollBack() override;
  bool InTransaction() const override { return in_transaction_; }
  absl::Status BeginPart() override;
  absl::Status EndPart() override;
  absl::Status RollBackPart() override;
  bool LostToAnother() const override { return is_lost_; }
  absl::string_view LostState() const override { return lost_state_; }
  bool IsOutcomeUnknown() const override { return is_unknown_; }
  std::int64_t changing_commits() const override { return changing_commits_; }
  bool PublishesInSteps() const override { return false; }
  absl::Status TryToWrite() override;

 private:
  friend class PreparedCursor;
  friend class StreamCursor;

  Connection(const Target& target, Mode mode, StoreObserver& observer,
             std::shared_ptr<const MemberId> server);

  sql::Cursor& Cache(absl::string_view sql) override;
  sql::Cursor& Stream(absl::string_view sql, int first) override;
  absl::Status StatusOf(absl::string_view operation,
                        const std::exception& failure) override;

  // Connects, unless the connection is good. With kTransactions, also inserts
  // the row of the table lanes.
  absl::Status Connect();
  // Connects, and reports if the connection was there before.
  absl::Status OpenLink();
  absl::Status InsertLane();
  // Runs what was deferred, and then `queries`. Returns their results.
  std::vector<Result> Run(const std::vector<Query>& queries);
  Result Run(const Query& query);
  // Runs a statement that changes rows. Returns their number.
  int RunAndCount(const Query& query);
  // Runs a statement that changes rows together with the next one that has a
  // result, or with the end of the part.
  void RunLater(const Query& query);
  // Returns true if writes may be joined, and their failures show later.
  bool DefersWrites() const { return in_transaction_ && !is_careful_; }
  // Returns the writes that follow the other statements of the transaction.
  PendingWrites& WriteLater();
  // Like WriteLater; first enqueues pending updates of other statements than
  // `update`.
  PendingWrites& UpdateLater(const RowUpdate* update = nullptr);
  // Sends a query with the next statements.
  void Prefetch(const Query& query);
  // Returns the result that was prefetched, or runs the query.
  Result Answer(const Query& query);
  // Sends a statement with the next one.
  void Defer(absl::string_view sql) { deferred_.push_back({std::string(sql)}); }
  // Gives what was deferred to the link.
  void EnqueueDeferred();
  void EnqueueSeqs();
  void TakeSeqs(const PGresult* result);
  // Fails if the transaction was lost.
  void CheckAlive() const;
  // Begins a transaction for a read of several statements. Returns false if
  // there is one already.
  bool BeginToRead();
  void EndRead() noexcept;
  std::string NewStreamName();
  // Gives the transaction up, so that it runs again, with a savepoint for each
  // part.
  void RepeatCarefully();
  // Waits for the enqueued statements, some of which may fail.
  void FinishAnyhow();
  // Forgets the transaction, which the server has rolled back or will.
  void Abandon();
  // Ends a transaction that has changed nothing.
  absl::Status EndUnchanged();
  // Finds out if the commit of `batch` took place, on a new connection.
  absl::Status Resolve(std::int64_t batch);
  absl::StatusOr<std::int64_t> ReadBatch();

  const Target target_;
  const Mode mode_;
  StoreObserver& observer_;
  Lane lane_;
  std::unique_ptr<Link> link_;
  bool was_connected_ = false;
  std::vector<Query> deferred_;
  PendingWrites pending_;
  // Statements that lock the rows to which the transaction adds: other
  // transactions add to them as well.
  std::vector<Query> contended_rows_;
  // The statements that the link has and that are not finished: the keys of
  // those that are read ahead, or "".
  std::vector<std::string> enqueued_;
  ReadAhead read_ahead_;
  bool in_transaction_ = false;
  // The unique violations of the transaction and of those that it repeats.
  int unique_violations_ = 0;
  // True if the open transaction may have changed something.
  bool has_changed_ = false;
  // True if the parts of the open transaction have savepoints, and if those of
  // the next one should.
  bool is_careful_ = false;
  bool is_next_careful_ = false;
  // True if the open part may have changed something, and if a statement of it
  // has failed.
  bool has_written_ = false;
  bool has_failed_part_ = false;
  // True until the end of a transaction that the server has rolled back: its
  // further statements fail.
  bool is_abandoned_ = false;
  bool is_lost_ = false;
  // See LostState.
  std::string lost_state_;
  bool is_unknown_ = false;
  std::int64_t changing_commits_ = 0;
  int last_stream_ = 0;
  // Seqs that are reserved for events of the transaction, in descending order,
  // and the number of those to reserve.
  std::vector<std::int64_t> seqs_;
  int wanted_seqs_ = 0;
  absl::flat_hash_map<std::string, std::unique_ptr<sql::Cursor>> prepared_;
  absl::flat_hash_map<std::string, std::unique_ptr<StreamCursor>> streams_;
};

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_CONNECTION_H_
