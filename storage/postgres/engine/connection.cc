#include "storage/postgres/engine/connection.h"

#include <algorithm>
#include <cstdlib>
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

// The number in a new row of the table lanes; commits count from 1.
constexpr std::int64_t kNoBatch = 0;

constexpr absl::string_view kSavepoint = "SAVEPOINT operation";

constexpr absl::string_view kDivisionByZero = "22012";

// The maximum number of seqs that are reserved ahead.
constexpr std::size_t kMaxSeqs = 512;

int RowsOf(const Result& result) {
  int rows = 0;
  // Empty for a statement that changes no rows.
  if (!absl::SimpleAtoi(PQcmdTuples(result.get()), &rows)) return 0;
  return rows;
}

bool ChangesRows(const Result& result) {
  const absl::string_view command = PQcmdStatus(result.get());
  return RowsOf(result) > 0 && !absl::StartsWith(command, "SELECT") &&
         !absl::StartsWith(command, "FETCH") &&
         !absl::StartsWith(command, "MOVE");
}

// Identifies a query with its parameters.
std::string KeyOf(const Query& query) {
  std::string key = query.sql;
  for (const Parameter& parameter : query.parameters) {
    absl::StrAppend(&key, "\n", parameter.size(), " ", parameter.bytes());
  }
  return key;
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
      server_(std::move(server)),
      lane_(RandomId()) {}

Connection::~Connection() {
  prepared_.clear();
  streams_.clear();
  is_abandoned_ = false;
  if (mode_ != Mode::kTransactions || link_ == nullptr || !link_->IsGood())
    return;
  Guarded("delete lane", [&]() -> absl::Status {
    Query erase{"DELETE FROM lanes WHERE id = $1", {Parameter()}};
    erase.parameters[0].SetBytes(lane_);
    Run(erase);
    return absl::OkStatus();
  }).IgnoreError();
}

absl::Status Connection::Connect() {
  if (link_ != nullptr && link_->IsGood()) return absl::OkStatus();
  Abandon();
  link_.reset();
  auto link = Link::Connect(target_);
  if (!link.ok()) {
    observer_.Faulted("connect", link.status().message());
    return link.status();
  }
  link_ = *std::move(link);
  if (mode_ != Mode::kTransactions) return absl::OkStatus();
  absl::Status inserted = InsertLane();
  if (!inserted.ok()) link_.reset();
  return inserted;
}

absl::Status Connection::InsertLane() {
  return Guarded("insert lane", [&]() -> absl::Status {
    const std::string server = server_->Get();
    Query insert{
        "INSERT INTO lanes (id, server, batch) SELECT $1, id, $2 FROM servers"
        " WHERE id = $3 FOR KEY SHARE ON CONFLICT (id) DO UPDATE SET server = "
        "excluded.server",
        std::vector<Parameter>(3)};
    insert.parameters[0].SetBytes(lane_);
    insert.parameters[1].SetInt64(kNoBatch);
    insert.parameters[2].SetBytes(server);
    const bool is_member = RowsOf(Run(insert)) > 0;
    has_changed_ = false;
    if (is_member) return absl::OkStatus();
    return absl::UnavailableError("this server is not one of the database's");
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
  for (Query& write : pending_.Take()) queries.push_back(std::move(write));
  for (const Query& query : queries) {
    link_->Enqueue(query);
    enqueued_.emplace_back();
  }
}

std::vector<Result> Connection::Run(const std::vector<Query>& queries) {
  EnqueueDeferred();
  const std::vector<std::string> before = std::exchange(enqueued_, {});
  for (const Query& query : queries) link_->Enqueue(query);
  std::vector<Result> results = link_->Finish();
  is_lost_ = false;
  for (const Result& result : results) has_changed_ |= ChangesRows(result);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto wanted = prefetched_.find(before[i]);
    if (wanted != prefetched_.end()) wanted->second.result = results[i];
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

void Connection::Prefetch(const Query& query) {
  if (!Prefetches()) return;
  std::string key = KeyOf(query);
  const auto [wanted, is_new] = prefetched_.try_emplace(key);
  const bool is_enqueued = !is_new && wanted->second.result == nullptr;
  ++wanted->second.uses;
  if (is_enqueued) return;
  wanted->second.result = nullptr;
  EnqueueDeferred();
  link_->Enqueue(query);
  enqueued_.push_back(std::move(key));
}

Result Connection::Answer(const Query& query) {
  if (prefetched_.empty()) return Run(query);
  const std::string key = KeyOf(query);
  if (!prefetched_.contains(key)) return Run(query);
  if (prefetched_[key].result == nullptr) Run(std::vector<Query>());
  const auto found = prefetched_.find(key);
  Result result = found->second.result;
  if (--found->second.uses == 0) prefetched_.erase(found);
  return result;
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
  is_lost_ = IsConflict(known->state()) || IsDisconnect(known->state());
  // The row may be one of the same transaction.
  if (IsUniqueViolation(known->state())) is_next_careful_ = !is_careful_;
  if (!is_lost_ && mode_ == Mode::kTransactions && in_transaction_ &&
      !is_careful_) {
    RepeatCarefully();
    return StatusOfState(known->state());
  }
  if (!IsConflict(known->state())) observer_.Faulted(operation, known->what());
  if (is_lost_) Abandon();
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
  prefetched_.clear();
  seqs_.clear();
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

// Reserves as many as the last transaction has used. All are above those of
// events that were acknowledged before this transaction took its first.
std::int64_t Connection::NextEventSeq() {
  if (seqs_.empty()) {
    sql::Statement row =
        Prepared("SELECT nextval('event_seq') FROM generate_series(1, ?)");
    row.Bind(1, static_cast<std::int64_t>(std::clamp<std::size_t>(
                    std::max(last_used_seqs_, used_seqs_), 1, kMaxSeqs)));
    while (row.Step()) seqs_.push_back(row.Int64(0));
    std::sort(seqs_.rbegin(), seqs_.rend());
  }
  ++used_seqs_;
  const std::int64_t seq = seqs_.back();
  seqs_.pop_back();
  return seq;
}

absl::Status Connection::Begin() {
  is_lost_ = false;
  is_unknown_ = false;
  is_abandoned_ = false;
  if (!Connect().ok()) return StorageUnavailable();
  in_transaction_ = true;
  has_changed_ = false;
  prefetched_.clear();
  seqs_.clear();
  last_used_seqs_ = std::exchange(used_seqs_, 0);
  is_careful_ = std::exchange(is_next_careful_, false);
  Defer("BEGIN ISOLATION LEVEL REPEATABLE READ");
  return absl::OkStatus();
}

absl::Status Connection::Commit() {
  const bool has_changed = has_changed_ && mode_ == Mode::kTransactions;
  // Divides by zero if the row was deleted, which fails the transaction.
  Query mark{
      "WITH marked AS (UPDATE lanes SET batch = $2 WHERE id = $1 RETURNING 1)"
      " SELECT 1 / count(*) FROM marked",
      {Parameter(), Parameter()}};
  mark.parameters[0].SetBytes(lane_);
  // Each commit has a number of its own, also if it fails.
  mark.parameters[1].SetInt64(++batch_);
  std::vector<Query> queries;
  if (has_changed) queries.push_back(std::move(mark));
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
  if (is_unsure) status = Resolve(batch_);
  if (!status.ok()) return status;
  in_transaction_ = false;
  if (has_changed) ++changing_commits_;
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

// Waits for the end of the older transaction, which has locked the row, and
// commits synchronously: a standby that must have the older transaction has it.
absl::StatusOr<std::int64_t> Connection::ReadBatch() {
  if (link_ == nullptr || !link_->IsGood()) {
    auto link = Link::Connect(target_);
    if (!link.ok()) return link.status();
    link_ = *std::move(link);
  }
  return Guarded("resolve commit", [&]() -> absl::StatusOr<std::int64_t> {
    sql::Statement row =
        Prepared("UPDATE lanes SET batch = batch WHERE id = ? RETURNING batch");
    row.cursor().BindBytes(1, lane_);
    if (!row.Step()) return absl::NotFoundError("no row");
    if (link_->TakeWarning()) return absl::UnavailableError("not confirmed");
    return row.Int64(0);
  });
}

void Connection::RollBack() {
  Abandon();
  is_abandoned_ = false;
}

absl::Status Connection::BeginPart() {
  has_written_ = false;
  if (is_careful_) Defer(kSavepoint);
  return absl::OkStatus();
}

absl::Status Connection::EndPart() {
  if (!is_careful_) return absl::OkStatus();
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
    sql::Statement update =
        Prepared("UPDATE lanes SET batch = batch WHERE id = ?");
    update.cursor().BindBytes(1, lane_);
    update.Execute();
    return absl::OkStatus();
  });
}

absl::Status Connection::RunScript(const std::vector<std::string>& statements) {
  absl::Status status = Begin();
  if (status.ok()) {
    status = Guarded("run script", [&]() -> absl::Status {
      std::vector<Query> queries;
      for (const std::string& statement : statements) {
        queries.push_back({statement});
      }
      queries.push_back({"COMMIT"});
      Run(queries);
      in_transaction_ = false;
      return absl::OkStatus();
    });
  }
  Abandon();
  return status;
}

}  // namespace webhooks::postgres
