#include "storage/postgres/engine/connection.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/errors.h"
#include "storage/postgres/engine/cursors.h"
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

// The number of rows that a stream fetches at first.
constexpr int kFirstFetch = 101;

int RowsOf(const Result& result) {
  int rows = 0;
  // Empty for a statement that changes no rows.
  if (!absl::SimpleAtoi(PQcmdTuples(result.get()), &rows)) return 0;
  return rows;
}

bool ChangesRows(const Result& result) {
  const absl::string_view command = PQcmdStatus(result.get());
  return RowsOf(result) > 0 && !absl::StartsWith(command, "SELECT") &&
         !absl::StartsWith(command, "FETCH");
}

}  // namespace

class Connection::PreparedCursor final : public ResultCursor {
 public:
  PreparedCursor(Connection& connection, absl::string_view sql)
      : ResultCursor(Translate(sql)), connection_(connection) {}

  bool Step() override {
    if (!has_result()) Take(connection_.Run(query()));
    return NextRow();
  }
  void Execute() override {
    if (connection_.in_transaction_) return connection_.RunLater(query());
    connection_.Run(query());
  }
  int ExecuteAndCount() override {
    connection_.has_written_ = true;
    return RowsOf(connection_.Run(query()));
  }
  bool ExecuteOnOne() override {
    if (!connection_.in_transaction_ || connection_.is_careful_) {
      return ExecuteAndCount() == 1;
    }
    // Fails if no row was changed: a length must not be negative.
    connection_.RunLater(
        {absl::StrCat("WITH one AS (", query().sql,
                      " RETURNING 1)"
                      " SELECT substring('', 1, count(*)::int - 1) FROM one"),
         query().parameters, /*is_frequent=*/true});
    return true;
  }
  void Reset() noexcept override { Forget(); }

 private:
  Connection& connection_;
};

// Fetches rows in parts, with a cursor of the server.
class Connection::StreamCursor final : public ResultCursor {
 public:
  StreamCursor(Connection& connection, absl::string_view sql)
      : ResultCursor(Translate(sql)), connection_(connection) {}

  bool Step() override {
    if (!has_result()) {
      Open();
    } else if (NextRow()) {
      return true;
    } else if (rows() < fetched_) {
      return false;
    } else {
      Fetch(NextFetch(fetched_, result_bytes()), {});
    }
    return NextRow();
  }
  void Execute() override { Step(); }
  int ExecuteAndCount() override {
    Step();
    return 0;
  }
  bool ExecuteOnOne() override { return Step(); }
  void Reset() noexcept override {
    Forget();
    if (name_.empty()) return;
    if (owns_transaction_) {
      // At once, so that no snapshot outlives the read.
      if (connection_.link_ != nullptr) connection_.link_->Send({"COMMIT"});
    } else if (connection_.in_transaction_) {
      connection_.Defer(absl::StrCat("CLOSE ", name_));
    }
    name_.clear();
  }

 private:
  void Open() {
    if (!connection_.Connect().ok() && !connection_.in_transaction_) {
      throw Failure(std::string(Failure::kDisconnected), "not connected");
    }
    owns_transaction_ = !connection_.in_transaction_;
    name_ = absl::StrCat("stream_", ++connection_.last_stream_);
    if (owns_transaction_) {
      connection_.Defer("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    }
    const Query declare{
        absl::StrCat("DECLARE ", name_, " NO SCROLL CURSOR FOR ", query().sql),
        query().parameters};
    Fetch(kFirstFetch, {&declare});
  }

  void Fetch(int count, std::vector<const Query*> before) {
    const Query fetch{absl::StrCat("FETCH ", count, " FROM ", name_)};
    before.push_back(&fetch);
    Take(std::move(connection_.Run(before).back()));
    fetched_ = count;
  }

  Connection& connection_;
  std::string name_;
  bool owns_transaction_ = false;
  int fetched_ = 0;
};

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

void Connection::EnqueueDeferred() {
  if (is_abandoned_) {
    throw Failure(std::string(Failure::kDisconnected),
                  "the transaction was lost");
  }
  // Within a transaction, the statements before were lost too.
  if (!in_transaction_ && !Connect().ok()) {
    throw Failure(std::string(Failure::kDisconnected), "not connected");
  }
  for (const Query& query : std::exchange(deferred_, {})) {
    link_->Enqueue(query);
    ++enqueued_;
  }
}

std::vector<Result> Connection::Run(const std::vector<const Query*>& queries) {
  EnqueueDeferred();
  const std::size_t before = std::exchange(enqueued_, 0);
  for (const Query* query : queries) link_->Enqueue(*query);
  std::vector<Result> results = link_->Finish();
  is_lost_ = false;
  for (const Result& result : results) has_changed_ |= ChangesRows(result);
  results.erase(results.begin(),
                results.begin() + static_cast<std::ptrdiff_t>(before));
  return results;
}

void Connection::RunLater(const Query& query) {
  has_written_ = true;
  has_changed_ = true;
  EnqueueDeferred();
  link_->Enqueue(query);
  ++enqueued_;
}

Result Connection::Run(const Query& query) {
  return std::move(Run({&query}).front());
}

sql::Cursor& Connection::Cache(absl::string_view sql) {
  auto& cursor = prepared_[sql];
  if (cursor == nullptr) cursor = std::make_unique<PreparedCursor>(*this, sql);
  return *cursor;
}

sql::Cursor& Connection::Stream(absl::string_view sql) {
  auto& cursor = streams_[sql];
  if (cursor == nullptr) cursor = std::make_unique<StreamCursor>(*this, sql);
  return *cursor;
}

absl::Status Connection::StatusOf(absl::string_view operation,
                                  const std::exception& failure) {
  const auto* const known = dynamic_cast<const Failure*>(&failure);
  // Such as a lack of memory.
  if (known == nullptr) throw;
  is_lost_ = IsConflict(known->state()) || IsDisconnect(known->state());
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
  has_changed_ = false;
  const bool has_enqueued = std::exchange(enqueued_, 0) > 0;
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
  enqueued_ = 0;
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

std::int64_t Connection::NextEventSeq() {
  sql::Statement row = Prepared("SELECT nextval('event_seq')");
  row.Step();
  return row.Int64(0);
}

void Connection::PassEventSeq(std::int64_t seq) {
  // Never back: nextval may have gone on meanwhile.
  sql::Statement row = Prepared(
      "SELECT setval('event_seq', greatest(?, (SELECT last_value FROM"
      " event_seq)))");
  row.Bind(1, seq);
  row.Step();
}

absl::Status Connection::Begin() {
  is_lost_ = false;
  is_unknown_ = false;
  is_abandoned_ = false;
  if (!Connect().ok()) return StorageUnavailable();
  in_transaction_ = true;
  has_changed_ = false;
  is_careful_ = std::exchange(is_next_careful_, false);
  Defer("BEGIN ISOLATION LEVEL REPEATABLE READ");
  return absl::OkStatus();
}

absl::Status Connection::Commit() {
  const bool has_changed = has_changed_ && mode_ == Mode::kTransactions;
  const Query commit{"COMMIT"};
  // Divides by zero if the row was deleted, which fails the transaction.
  Query mark{
      "WITH marked AS (UPDATE lanes SET batch = $2 WHERE id = $1 RETURNING 1)"
      " SELECT 1 / count(*) FROM marked",
      {Parameter(), Parameter()}};
  mark.parameters[0].SetBytes(lane_);
  // Each commit has a number of its own, also if it fails.
  mark.parameters[1].SetInt64(++batch_);
  std::vector<const Query*> queries;
  if (has_changed) queries.push_back(&mark);
  queries.push_back(&commit);
  link_->TakeWarning();
  bool is_unsure = false;
  absl::Status status = Guarded("commit", [&]() -> absl::Status {
    try {
      const Result result = std::move(Run(queries).back());
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
  if (enqueued_ == 0) {
    Defer(kRelease);
    return absl::OkStatus();
  }
  return Guarded("end part", [&]() -> absl::Status {
    Run({std::string(kRelease)});
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
    if (enqueued_ > 0) FinishAnyhow();
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
      std::vector<const Query*> all;
      for (const Query& query : queries) all.push_back(&query);
      Run(all);
      in_transaction_ = false;
      return absl::OkStatus();
    });
  }
  Abandon();
  return status;
}

}  // namespace webhooks::postgres
