#include "storage/postgres/engine/connection.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/errors.h"
#include "storage/postgres/engine/dialect.h"
#include "storage/postgres/engine/failure.h"

namespace webhooks::postgres {
namespace {

// The time within which a commit with an unknown outcome is examined.
constexpr absl::Duration kResolveWithin = absl::Seconds(10);

// The number of unique violations in a row after which no other transaction is
// the cause.
constexpr int kMaxUniqueViolations = 3;

constexpr absl::string_view kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ";

constexpr absl::string_view kSavepoint = "SAVEPOINT operation";

constexpr absl::string_view kDivisionByZero = "22012";
constexpr absl::string_view kLockNotAvailable = "55P03";
constexpr absl::string_view kSerializationFailure = "40001";

// Stands for the key of the statement that reserves seqs.
constexpr absl::string_view kSeqs = "seqs";

int RowsOf(const Result& result) {
  int rows = 0;
  // Empty for a statement that changes no rows.
  if (!absl::SimpleAtoi(PQcmdTuples(result.get()), &rows)) return 0;
  return rows;
}

// Returns the value in the first column.
std::int64_t IntegerOf(const PGresult* result, int row) {
  const auto size = static_cast<std::size_t>(PQgetlength(result, row, 0));
  return ReadInteger({PQgetvalue(result, row, 0), size});
}

bool ChangesRows(const Result& result) {
  const absl::string_view command = PQcmdStatus(result.get());
  return RowsOf(result) > 0 && !absl::StartsWith(command, "SELECT") &&
         !absl::StartsWith(command, "FETCH") &&
         !absl::StartsWith(command, "MOVE");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(
    const Target& target, Mode mode, StoreObserver& observer,
    std::shared_ptr<const MemberId> server) {
  std::unique_ptr<Connection> connection(
      new Connection(target, mode, observer, std::move(server)));
  absl::Status connected = connection->Connect();
  if (!connected.ok()) return connected;
  return connection;
}

Connection::Connection(const Target& target, Mode mode, StoreObserver& observer,
                       std::shared_ptr<const MemberId> server)
    : target_(target),
      mode_(mode),
      observer_(observer),
      lane_(std::move(server)) {}

Connection::~Connection() {
  prepared_.clear();
  streams_.clear();
  is_abandoned_ = false;
  if (mode_ != Mode::kTransactions || link_ == nullptr || !link_->IsGood())
    return;
  Guarded("delete lane", [&]() -> absl::Status {
    Run(lane_.Delete());
    return absl::OkStatus();
  }).IgnoreError();
}

absl::Status Connection::Connect() {
  if (link_ != nullptr && link_->IsGood()) return absl::OkStatus();
  Abandon();
  link_.reset();
  const absl::Status opened = OpenLink();
  if (!opened.ok()) {
    observer_.Faulted("connect", opened.message());
    return opened;
  }
  if (mode_ != Mode::kTransactions) return absl::OkStatus();
  absl::Status inserted = InsertLane();
  if (!inserted.ok()) link_.reset();
  return inserted;
}

absl::Status Connection::OpenLink() {
  auto link = Link::Connect(target_);
  if (!link.ok()) return link.status();
  link_ = *std::move(link);
  if (std::exchange(was_connected_, true)) observer_.Reconnected();
  return absl::OkStatus();
}

absl::Status Connection::InsertLane() {
  return Guarded("insert lane", [&]() -> absl::Status {
    const bool is_member = RowsOf(Run(lane_.Insert())) > 0;
    has_changed_ = false;
    if (is_member) return absl::OkStatus();
    return absl::UnavailableError(
        "the other servers have declared this one dead, since it has not "
        "beaten in time: start it again");
  });
}

void Connection::CheckAlive() const {
  if (!is_abandoned_) return;
  throw Failure(std::string(Failure::kDisconnected),
                "the transaction was lost");
}

void Connection::EnqueueDeferred() {
  CheckAlive();
  // Within a transaction, the statements before were lost too.
  if (!in_transaction_ && !Connect().ok()) {
    throw Failure(std::string(Failure::kDisconnected), "not connected");
  }
  std::vector<Query> queries = std::exchange(deferred_, {});
  pending_.AddLocks(contended_rows_);
  for (Query& write : pending_.Take()) queries.push_back(std::move(write));
  for (const Query& query : queries) {
    link_->Enqueue(query);
    enqueued_.emplace_back();
  }
}

std::vector<Result> Connection::Run(const std::vector<Query>& queries) {
  EnqueueDeferred();
  EnqueueSeqs();
  const std::vector<std::string> before = std::exchange(enqueued_, {});
  for (const Query& query : queries) link_->Enqueue(query);
  std::vector<Result> results = link_->Finish();
  is_lost_ = false;
  for (const Result& result : results) has_changed_ |= ChangesRows(result);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == kSeqs) TakeSeqs(results[i].get());
    if (!before[i].empty()) read_ahead_.Arrived(before[i], results[i]);
  }
  results.erase(results.begin(),
                results.begin() + static_cast<std::ptrdiff_t>(before.size()));
  return results;
}

Result Connection::Run(const Query& query) {
  return Run(std::vector<Query>{query}).front();
}

int Connection::RunAndCount(const Query& query) {
  has_written_ = true;
  return RowsOf(Run(query));
}

void Connection::RunLater(const Query& query) {
  has_written_ = true;
  has_changed_ = true;
  EnqueueDeferred();
  link_->Enqueue(query);
  enqueued_.emplace_back();
}

PendingWrites& Connection::WriteLater() {
  CheckAlive();
  has_written_ = true;
  has_changed_ = true;
  return pending_;
}

PendingWrites& Connection::UpdateLater(const RowUpdate* update) {
  PendingWrites& writes = WriteLater();
  if (writes.update() != nullptr && writes.update() != update) {
    EnqueueDeferred();
  }
  return writes;
}

void Connection::Prefetch(const Query& query) {
  if (!Prefetches()) return;
  std::optional<std::string> key = read_ahead_.Request(query);
  if (!key) return;
  EnqueueDeferred();
  link_->Enqueue(query);
  enqueued_.push_back(*std::move(key));
}

Result Connection::Answer(const Query& query) {
  if (read_ahead_.IsUnderWay(query)) Run(std::vector<Query>());
  Result ahead = read_ahead_.Take(query);
  return ahead == nullptr ? Run(query) : ahead;
}

bool Connection::BeginToRead() {
  CheckAlive();
  if (in_transaction_) return false;
  if (!Connect().ok()) {
    throw Failure(std::string(Failure::kDisconnected), "not connected");
  }
  Defer("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  return true;
}

// Sent at once, so that no snapshot outlives the read.
void Connection::EndRead() noexcept {
  if (link_ != nullptr) link_->Send({"COMMIT"});
}

std::string Connection::NewStreamName() {
  return absl::StrCat("stream_", ++last_stream_);
}

sql::Cursor& Connection::Cache(absl::string_view sql) {
  auto& cursor = prepared_[sql];
  if (cursor == nullptr) cursor = std::make_unique<PreparedCursor>(*this, sql);
  return *cursor;
}

sql::Cursor& Connection::Stream(absl::string_view sql, int first) {
  auto& cursor = streams_[sql];
  if (cursor == nullptr) cursor = std::make_unique<StreamCursor>(*this, sql);
  cursor->SetFirst(first);
  return *cursor;
}

absl::Status Connection::StatusOf(absl::string_view operation,
                                  const std::exception& failure) {
  const auto* const known = dynamic_cast<const Failure*>(&failure);
  // Such as a lack of memory.
  if (known == nullptr) throw;
  // The failure that ended the transaction is known already.
  if (is_abandoned_) return StorageUnavailable();
  lost_state_ = known->state();
  is_lost_ = IsConflict(known->state()) || IsDisconnect(known->state());
  if (IsUniqueViolation(known->state())) {
    // The row may be one of the same transaction.
    is_next_careful_ = true;
    is_lost_ = ++unique_violations_ < kMaxUniqueViolations;
  }
  if (!is_lost_ && mode_ == Mode::kTransactions && in_transaction_ &&
      !is_careful_) {
    RepeatCarefully();
    return StatusOfState(known->state());
  }
  if (!IsConflict(known->state())) observer_.Faulted(operation, known->what());
  if (is_lost_) Abandon();
  // The next connection may find another server that accepts writes.
  if (IsDisconnect(known->state())) link_.reset();
  has_failed_part_ = in_transaction_;
  return StatusOfState(known->state());
}

void Connection::RepeatCarefully() {
  Abandon();
  is_lost_ = true;
  is_next_careful_ = true;
}

void Connection::Abandon() {
  deferred_.clear();
  pending_.Clear();
  read_ahead_.Clear();
  seqs_.clear();
  wanted_seqs_ = 0;
  has_changed_ = false;
  const bool has_enqueued = !std::exchange(enqueued_, {}).empty();
  if (!std::exchange(in_transaction_, false)) return;
  is_abandoned_ = mode_ == Mode::kTransactions;
  if (link_ == nullptr || !link_->IsGood()) return;
  try {
    if (has_enqueued) FinishAnyhow();
    link_->Run({"ROLLBACK"});
  } catch (const Failure&) {
    // The connection is lost, and the transaction with it.
    link_.reset();
  }
}

void Connection::FinishAnyhow() {
  enqueued_.clear();
  try {
    link_->Finish();
  } catch (const Failure&) {
    if (!link_->IsGood()) throw;
  }
}

absl::Status Connection::Fault(absl::string_view operation,
                               absl::string_view cause) const {
  observer_.Faulted(operation, cause);
  return StorageFailure();
}

absl::Status Connection::Damaged(absl::string_view operation,
                                 absl::string_view record) const {
  observer_.Faulted(operation, absl::StrCat("damaged: ", record));
  return RecordDamaged();
}

void Connection::PrefetchEventSeq() {
  if (Prefetches()) ++wanted_seqs_;
}

// All seqs that a transaction reserves are above those of events that were
// acknowledged before it began.
std::int64_t Connection::NextEventSeq() {
  if (seqs_.empty()) {
    wanted_seqs_ = std::max(wanted_seqs_, 1);
    Run(std::vector<Query>());
  }
  const std::int64_t seq = seqs_.back();
  seqs_.pop_back();
  return seq;
}

void Connection::EnqueueSeqs() {
  if (wanted_seqs_ == 0) return;
  Query query{"SELECT nextval('event_seq') FROM generate_series(1, $1)",
              std::vector<Parameter>(1), /*is_frequent=*/true};
  query.parameters[0].SetInt64(std::exchange(wanted_seqs_, 0));
  link_->Enqueue(query);
  enqueued_.emplace_back(kSeqs);
}

void Connection::TakeSeqs(const PGresult* result) {
  for (int row = PQntuples(result) - 1; row >= 0; --row) {
    seqs_.push_back(IntegerOf(result, row));
  }
  // The lowest is used first.
  std::sort(seqs_.rbegin(), seqs_.rend());
}

void Connection::PassEventSeq(std::int64_t seq) {
  // Never back: nextval may have gone on meanwhile.
  sql::Statement row = Prepared(
      "SELECT setval('event_seq', ?1) FROM event_seq WHERE last_value < ?1");
  row.Bind(1, seq);
  row.Step();
}

absl::Status Connection::Begin() {
  // Locks the contended rows first, since the last run has lost them.
  const bool repeats = std::exchange(is_lost_, false);
  if (!repeats) {
    contended_rows_.clear();
    unique_violations_ = 0;
  }
  lost_state_.clear();
  is_unknown_ = false;
  is_abandoned_ = false;
  if (!Connect().ok()) return StorageUnavailable();
  in_transaction_ = true;
  has_changed_ = false;
  read_ahead_.Clear();
  seqs_.clear();
  wanted_seqs_ = 0;
  is_careful_ = std::exchange(is_next_careful_, false);
  Defer(kBegin);
  deferred_.insert(deferred_.end(), contended_rows_.begin(),
                   contended_rows_.end());
  return absl::OkStatus();
}

absl::Status Connection::Commit() {
  const bool has_changed = has_changed_ && mode_ == Mode::kTransactions;
  if (!has_changed_ && enqueued_.empty()) return EndUnchanged();
  std::vector<Query> queries;
  if (has_changed) queries.push_back(lane_.Mark());
  queries.push_back({"COMMIT"});
  link_->TakeWarning();
  bool is_unsure = false;
  absl::Status status = Guarded("commit", [&]() -> absl::Status {
    try {
      const Result result = Run(queries).back();
      if (absl::string_view(PQcmdStatus(result.get())) != "COMMIT") {
        return StorageFailure();
      }
      is_unsure = has_changed && link_->TakeWarning();
    } catch (const Failure& failure) {
      is_unsure = has_changed && IsDisconnect(failure.state());
      // The row was deleted. Connecting inserts another one.
      if (failure.state() == kDivisionByZero) link_.reset();
      throw;
    }
    return absl::OkStatus();
  });
  if (is_unsure) status = Resolve(lane_.batch());
  if (!status.ok()) return status;
  in_transaction_ = false;
  if (has_changed) ++changing_commits_;
  return absl::OkStatus();
}

// The answer of the server would tell nothing.
absl::Status Connection::EndUnchanged() {
  in_transaction_ = false;
  const bool has_begun = deferred_.empty() || deferred_.front().sql != kBegin;
  deferred_.clear();
  if (has_begun) link_->Send({"COMMIT"});
  return absl::OkStatus();
}

absl::Status Connection::Resolve(std::int64_t batch) {
  in_transaction_ = false;
  is_abandoned_ = false;
  is_lost_ = false;
  link_.reset();
  const absl::Time end = absl::Now() + kResolveWithin;
  for (absl::Duration wait = absl::Milliseconds(50); absl::Now() < end;
       wait = std::min(2 * wait, absl::Seconds(1))) {
    const auto found = ReadBatch();
    if (found.ok()) {
      is_lost_ = *found != batch;
      return is_lost_ ? StorageUnavailable() : absl::OkStatus();
    }
    // The server was declared dead, and the row deleted.
    if (absl::IsNotFound(found.status())) break;
    absl::SleepFor(wait);
  }
  link_.reset();
  is_unknown_ = true;
  return OutcomeUnknown();
}

absl::StatusOr<std::int64_t> Connection::ReadBatch() {
  if (link_ == nullptr || !link_->IsGood()) {
    absl::Status opened = OpenLink();
    if (!opened.ok()) return opened;
  }
  return Guarded("resolve commit", [&]() -> absl::StatusOr<std::int64_t> {
    const Result row = Run(lane_.Read());
    if (PQntuples(row.get()) == 0) return absl::NotFoundError("no row");
    if (link_->TakeWarning()) return absl::UnavailableError("not confirmed");
    return IntegerOf(row.get(), 0);
  });
}

void Connection::RollBack() {
  Abandon();
  is_abandoned_ = false;
}

absl::Status Connection::BeginPart() {
  has_written_ = false;
  has_failed_part_ = false;
  if (is_careful_) Defer(kSavepoint);
  return absl::OkStatus();
}

absl::Status Connection::EndPart() {
  if (!is_careful_) return absl::OkStatus();
  // Its caller may not have noticed.
  if (has_failed_part_) return StorageFailure();
  constexpr absl::string_view kRelease = "RELEASE SAVEPOINT operation";
  if (enqueued_.empty()) {
    Defer(kRelease);
    return absl::OkStatus();
  }
  return Guarded("end part", [&]() -> absl::Status {
    Run(Query{std::string(kRelease)});
    return absl::OkStatus();
  });
}

absl::Status Connection::RollBackPart() {
  if (!is_careful_) {
    if (!has_written_) return absl::OkStatus();
    RepeatCarefully();
    return StorageUnavailable();
  }
  // A part that failed before its first statement has no savepoint yet.
  if (!deferred_.empty() && deferred_.back().sql == kSavepoint) {
    deferred_.pop_back();
    return absl::OkStatus();
  }
  return Guarded("roll back part", [&]() -> absl::Status {
    if (!enqueued_.empty()) FinishAnyhow();
    // The end of a stream fails in a transaction that has failed.
    deferred_.clear();
    Defer("ROLLBACK TO SAVEPOINT operation");
    Defer("RELEASE SAVEPOINT operation");
    return absl::OkStatus();
  });
}

absl::Status Connection::TryToWrite() {
  return Guarded("probe", [&]() -> absl::Status {
    RunLater(lane_.Read());
    return absl::OkStatus();
  });
}

absl::Status Connection::RunScript(absl::string_view operation,
                                   const std::vector<std::string>& statements) {
  absl::Status status = Begin();
  if (status.ok()) {
    status = Guarded(operation, [&]() -> absl::Status {
      std::vector<Query> queries;
      for (const std::string& statement : statements) {
        queries.push_back({statement});
      }
      queries.push_back({"COMMIT"});
      try {
        Run(queries);
      } catch (const Failure& failure) {
        if (failure.state() != kLockNotAvailable) throw;
        throw Failure(std::string(kSerializationFailure), failure.what());
      }
      in_transaction_ = false;
      return absl::OkStatus();
    });
  }
  Abandon();
  return status;
}

}  // namespace webhooks::postgres
