#include "storage/sqlite/engine/connection.h"

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "storage/errors.h"
#include "storage/sqlite/engine/database_file.h"

namespace webhooks::sqlite {
namespace {

// The wait for a lock that another program holds, such as a sqlite3 shell.
constexpr int kBusyTimeoutMillis = 5000;

// The exit code after a failed fsync (EX_IOERR, sysexits.h).
constexpr int kFsyncFailedExit = 74;

// The size of the write-ahead log at which it is copied into the database: 4
// MiB, SQLite's default.
constexpr int kCheckpointPages = 1000;

// Returns true if the system failed to read. A file that is too short is no
// such failure.
bool IsReadError(int system_error) {
  return system_error == EIO || system_error == ENXIO;
}

// Returns the error for a file that cannot be opened.
absl::Status OpenStatus(const std::string& path,
                        const SQLite::Exception& exception, int system_error) {
  if (IsReadError(system_error)) {
    return absl::UnavailableError(absl::StrCat(
        "database ", path, ": cannot read: ", std::strerror(system_error)));
  }
  const std::string message =
      absl::StrCat("database ", path, ": ", exception.what());
  switch (exception.getErrorCode()) {
    case SQLITE_NOTADB:
      return absl::FailedPreconditionError(message);
    case SQLITE_CORRUPT:
      return absl::DataLossError(message);
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return absl::PermissionDeniedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

int OpenFlags(Connection::Mode mode) {
  switch (mode) {
    case Connection::Mode::kWrite:
      return SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
    case Connection::Mode::kFill:
      return SQLite::OPEN_READWRITE;
    case Connection::Mode::kInspect:
      return SQLite::OPEN_READONLY | SQLite::OPEN_URI;
    default:
      return SQLite::OPEN_READONLY;
  }
}

// Returns a URI (https://www.sqlite.org/uri.html) with which SQLite writes
// nothing. If the log has an index, it is opened read-only, and SQLite builds
// one in memory if no process uses it. If there is no index, no process uses
// the file.
absl::StatusOr<std::string> InspectionUri(const std::string& path) {
  std::error_code error;
  const bool has_index = std::filesystem::exists(path + "-shm", error);
  if (NeedsRecovery(path)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "database ", path, ": its write-ahead log has yet to be recovered"));
  }
  return absl::StrCat(
      // With an empty authority: otherwise a second slash would begin one.
      absl::StartsWith(path, "/") ? "file://" : "file:",
      absl::StrReplaceAll(path, {{"%", "%25"}, {"?", "%3f"}, {"#", "%23"}}),
      has_index ? "?readonly_shm=1" : "?immutable=1");
}

absl::StatusOr<std::string> NameFor(const std::string& path,
                                    Connection::Mode mode) {
  if (mode == Connection::Mode::kInspect) return InspectionUri(path);
  return path;
}

}  // namespace

class Connection::PreparedStatement final : public sql::Cursor {
 public:
  PreparedStatement(SQLite::Database& database, absl::string_view sql)
      : statement_(database, std::string(sql)) {}

  void BindInt64(int index, std::int64_t value) override {
    statement_.bind(index, value);
  }
  void BindText(int index, const std::string& text) override {
    statement_.bindNoCopy(index, text);
  }
  void BindBytes(int index, absl::string_view bytes) override {
    statement_.bindNoCopy(index, static_cast<const void*>(bytes.data()),
                          static_cast<int>(bytes.size()));
  }
  void BindCopy(int index, absl::string_view bytes) override {
    statement_.bind(index, static_cast<const void*>(bytes.data()),
                    static_cast<int>(bytes.size()));
  }
  bool Step() override { return statement_.executeStep(); }
  void Execute() override { statement_.exec(); }
  int ExecuteAndCount() override { return statement_.exec(); }
  bool ExecuteOnOne() override { return statement_.exec() == 1; }
  bool IsNull(int column) override { return statement_.isColumnNull(column); }
  std::int64_t Int64(int column) override {
    return statement_.getColumn(column).getInt64();
  }
  absl::string_view Bytes(int column) override {
    const SQLite::Column value = statement_.getColumn(column);
    const auto* const bytes = static_cast<const char*>(value.getBlob());
    return {bytes, static_cast<std::size_t>(value.getBytes())};
  }
  void Reset() noexcept override {
    statement_.tryReset();
    statement_.clearBindings();
  }

 private:
  SQLite::Statement statement_;
};

Connection::~Connection() = default;

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(
    const std::string& path, Mode mode, StoreObserver& observer) {
  const absl::StatusOr<std::string> name = NameFor(path, mode);
  if (!name.ok()) return name.status();
  const int flags = SQLite::OPEN_NOMUTEX | OpenFlags(mode);
  std::unique_ptr<Connection> connection;
  try {
    connection.reset(new Connection(*name, flags, observer));
    connection->SetPragmas(mode);
    return connection;
  } catch (const SQLite::Exception& exception) {
    return OpenStatus(path, exception,
                      connection == nullptr ? 0 : connection->SystemError());
  }
}

Connection::Connection(const std::string& name, int flags,
                       StoreObserver& observer)
    : observer_(observer), database_(name, flags, kBusyTimeoutMillis) {}

int Connection::OnCommit(void* self, sqlite3*, const char*, int pages) {
  auto* const connection = static_cast<Connection*>(self);
  connection->wal_pages_ = pages;
  ++connection->changing_commits_;
  return SQLITE_OK;
}

void Connection::SetPragmas(Mode mode) {
  database_.exec("PRAGMA mmap_size = 0");
  database_.exec("PRAGMA foreign_keys = ON");
  database_.exec("PRAGMA trusted_schema = OFF");
  // Writes must not depend on another disk, such as that of /var/tmp. The
  // memory holds the undo data of one statement.
  database_.exec("PRAGMA temp_store = MEMORY");
  // In KiB. Keeps the inner pages for a million webhooks in memory.
  database_.exec("PRAGMA cache_size = -16384");
  // The first read fails if the file is not a database.
  database_.execAndGet("PRAGMA schema_version");
  if (mode == Mode::kFill) {
    database_.exec("PRAGMA journal_mode = OFF");
    database_.exec("PRAGMA synchronous = OFF");
    return;
  }
  if (mode != Mode::kWrite) {
    database_.exec("PRAGMA wal_autocheckpoint = 0");
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return;
  }
  database_.exec("PRAGMA synchronous = FULL");
  // The file has no secret in clear text, and kAlways makes the deletion of old
  // events write three times as much.
  database_.exec("PRAGMA secure_delete = FAST");
  // In bytes. Shrinks the log when it is restarted, if a long reader, such as a
  // backup, has made it grow.
  database_.exec("PRAGMA journal_size_limit = 16777216");
  page_size_ = database_.execAndGet("PRAGMA page_size").getInt();
  // Replaces the automatic checkpoint, which would delay the completion of the
  // commit before it.
  sqlite3_wal_hook(handle(), &OnCommit, this);
}

absl::Status Connection::StatusOf(absl::string_view operation, int code,
                                  absl::string_view cause) const {
  if (code == SQLITE_CONSTRAINT_FOREIGNKEY) {
    return absl::FailedPreconditionError("a foreign key is violated");
  }
  const int system_error = SystemError();
  // SQLite reports some read errors as damage, though the file may be intact.
  const bool is_unreadable =
      (code & 0xff) == SQLITE_CORRUPT && IsReadError(system_error);
  observer_.Faulted(
      operation,
      is_unreadable ? absl::StrCat("cannot read: ", std::strerror(system_error),
                                   " (", code, ")")
                    : absl::StrCat(cause, " (", code, ")"));
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) {
    std::_Exit(kFsyncFailedExit);
  }
  if (is_unreadable) return StorageUnavailable();
  if ((code & 0xff) == SQLITE_IOERR && system_error == EDQUOT) {
    return StorageFull();
  }
  switch (code & 0xff) {
    case SQLITE_FULL:
      return StorageFull();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_READONLY:
      return StorageUnavailable();
    default:
      return StorageFailure();
  }
}

int Connection::SystemError() const {
  for (const int which :
       {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
    sqlite3_file* file = nullptr;
    int error = 0;
    if (sqlite3_file_control(handle(), "main", which, &file) == SQLITE_OK &&
        file != nullptr && file->pMethods != nullptr &&
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error) ==
            SQLITE_OK &&
        error != 0) {
      return error;
    }
  }
  return 0;
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

sql::Cursor& Connection::Cache(absl::string_view sql) {
  auto& statement = statements_[sql];
  if (statement == nullptr) {
    statement = std::make_unique<PreparedStatement>(database_, sql);
  }
  return *statement;
}

absl::Status Connection::StatusOf(absl::string_view operation,
                                  const std::exception& failure) {
  const auto* const known = dynamic_cast<const SQLite::Exception*>(&failure);
  // Such as a lack of memory.
  if (known == nullptr) throw;
  return StatusOf(operation, known->getExtendedErrorCode(), known->what());
}

std::int64_t Connection::NextEventSeq() {
  Statement row = Prepared(
      "SELECT 1 + max(ifnull((SELECT max(seq) FROM events), 0),"
      " ifnull((SELECT max(seq) FROM publishing), 0))");
  row.Step();
  return row.Int64(0);
}

absl::Status Connection::Begin() {
  is_lost_ = false;
  is_careful_ = std::exchange(is_next_careful_, false);
  return Execute("begin", "BEGIN IMMEDIATE");
}

absl::Status Connection::Commit() {
  absl::Status status = may_commit_ ? may_commit_(*this) : absl::OkStatus();
  if (status.ok()) status = Execute("commit", "COMMIT");
  observer_.LogChanged(wal_bytes());
  return status;
}

void Connection::RollBack() { Execute("rollback", "ROLLBACK").IgnoreError(); }

absl::Status Connection::BeginPart() {
  if (is_careful_) return Execute("savepoint", "SAVEPOINT operation");
  changes_before_ = sqlite3_total_changes64(handle());
  return absl::OkStatus();
}

absl::Status Connection::EndPart() {
  if (!is_careful_) return absl::OkStatus();
  return Execute("release", "RELEASE operation");
}

absl::Status Connection::RollBackPart() {
  if (!is_careful_) {
    if (sqlite3_total_changes64(handle()) == changes_before_) {
      return absl::OkStatus();
    }
    is_lost_ = true;
    is_next_careful_ = true;
    RollBack();
    return StorageUnavailable();
  }
  absl::Status status = Execute("roll back", "ROLLBACK TO operation");
  status.Update(EndPart());
  return status;
}

bool Connection::NeedsTidyUp() const { return wal_pages_ >= kCheckpointPages; }

void Connection::TidyUp() {
  const auto begin = std::chrono::steady_clock::now();
  // After a failure, which the observer has received, the log grows until the
  // next commit tries again.
  Checkpoint().IgnoreError();
  observer_.Checkpointed(
      absl::FromChrono(std::chrono::steady_clock::now() - begin));
  observer_.LogChanged(wal_bytes());
}

absl::Status Connection::TryToWrite() {
  absl::Status status = Execute(
      "probe", "INSERT OR REPLACE INTO probe VALUES (1, zeroblob(8192))");
  return status.ok() ? Execute("probe", "DELETE FROM probe") : status;
}

absl::Status Connection::SetErasure(Erasure erasure) {
  return Guarded("set secure_delete", [&]() -> absl::Status {
    database_.exec(erasure == Erasure::kAlways ? "PRAGMA secure_delete = ON"
                                               : "PRAGMA secure_delete = FAST");
    return absl::OkStatus();
  });
}

absl::Status Connection::UseWriteAheadLog() {
  return Guarded("use the write-ahead log", [&]() -> absl::Status {
    const std::string mode =
        database_.execAndGet("PRAGMA journal_mode = WAL").getString();
    if (mode == "wal") return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        "the file system has no write-ahead log (journal mode ", mode, ")"));
  });
}

bool Connection::InTransaction() const {
  return sqlite3_get_autocommit(handle()) == 0;
}

absl::Status Connection::Checkpoint() {
  return CopyLog(SQLITE_CHECKPOINT_PASSIVE);
}

absl::Status Connection::TruncateLog() {
  return CopyLog(SQLITE_CHECKPOINT_TRUNCATE);
}

absl::Status Connection::CopyLog(int mode) {
  int pages = 0;
  int copied = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(handle(), nullptr, mode, &pages, &copied);
  if (code == SQLITE_OK) {
    // Readers of older pages keep the rest from being copied.
    wal_pages_ = pages - copied;
    return absl::OkStatus();
  }
  return StatusOf("checkpoint", sqlite3_extended_errcode(handle()),
                  sqlite3_errmsg(handle()));
}

absl::Status Connection::LimitSize(std::int64_t max_bytes) {
  return Guarded("limit size", [&]() -> absl::Status {
    const int page_size = database_.execAndGet("PRAGMA page_size").getInt();
    const std::int64_t pages = max_bytes / page_size;
    // SQLite ignores a limit below the size of the file, and takes 0 as a
    // query.
    const std::int64_t limit =
        database_.execAndGet(absl::StrCat("PRAGMA max_page_count = ", pages))
            .getInt64();
    if (limit == pages) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "max_bytes=", max_bytes, " is less than the size of the database"));
  });
}

}  // namespace webhooks::sqlite
