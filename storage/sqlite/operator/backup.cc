#include "storage/sqlite/operator/backup.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "storage/sqlite/engine/migrations.h"
#include "storage/sqlite/operator/integrity.h"
#include "storage/sqlite/operator/operator_connection.h"
#include "storage/sqlite/operator/snapshot.h"
#include "storage/unfinished_file.h"

namespace webhooks::sqlite {
namespace {

// The pages of one step: a quarter of a megabyte at SQLite's default page size.
constexpr int kStepPages = 64;

// One large sync at the end would delay the syncs of a server on the same disk.
constexpr int kStepsBetweenSyncs = 4;

using SteadyClock = std::chrono::steady_clock;

absl::Status Cancelled() { return absl::CancelledError("cancelled"); }

// Passes the duration of the work since the last pause to the caller.
class Pauses {
 public:
  explicit Pauses(const BackupPause& pause) : pause_(pause) {}

  bool Pause() {
    const auto worked = SteadyClock::now() - begin_;
    const bool go_on = pause_(absl::FromChrono(worked));
    begin_ = SteadyClock::now();
    return go_on;
  }

 private:
  const BackupPause& pause_;
  SteadyClock::time_point begin_ = SteadyClock::now();
};

// Returns OK if no file exists that SQLite would take for a part of the copy.
absl::Status CheckTarget(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    const std::string name = absl::StrCat(path, suffix);
    std::error_code error;
    if (std::filesystem::symlink_status(name, error).type() !=
        std::filesystem::file_type::not_found) {
      return error ? absl::ErrnoToStatus(error.value(),
                                         absl::StrCat("cannot create ", path))
                   : absl::AlreadyExistsError(
                         absl::StrCat(name, " already exists"));
    }
  }
  return absl::OkStatus();
}

absl::Status CopyFailure(int code, const std::string& path) {
  const std::string message =
      absl::StrCat("cannot copy to ", path, ": ", sqlite3_errstr(code));
  return code == SQLITE_FULL ? absl::ResourceExhaustedError(message)
                             : absl::UnavailableError(message);
}

// Copies all pages, with pauses.
absl::Status CopyPages(sqlite3_backup* backup, UnfinishedFile& file,
                       const std::string& path, Pauses& pauses) {
  int steps = 0;
  int code = SQLITE_OK;
  while ((code = sqlite3_backup_step(backup, kStepPages)) == SQLITE_OK) {
    if (++steps % kStepsBetweenSyncs == 0) {
      absl::Status synced = file.Sync();
      if (!synced.ok()) return synced;
    }
    if (!pauses.Pause()) return Cancelled();
  }
  return code == SQLITE_DONE ? absl::OkStatus() : CopyFailure(code, path);
}

absl::Status Copy(const OperatorConnection& source, UnfinishedFile& file,
                  const std::string& path, Pauses& pauses) {
  auto copy =
      OperatorConnection::Open(file.path(), path, Connection::Mode::kFill);
  if (!copy.ok()) return copy.status();
  sqlite3_backup* const backup =
      sqlite3_backup_init((*copy)->handle(), "main", source->handle(), "main");
  if (backup == nullptr) {
    return CopyFailure(sqlite3_errcode((*copy)->handle()), path);
  }
  absl::Status copied = CopyPages(backup, file, path, pauses);
  const int code = sqlite3_backup_finish(backup);
  if (copied.ok() && code != SQLITE_OK) copied = CopyFailure(code, path);
  return copied;
}

absl::Status Verify(const UnfinishedFile& file, const std::string& path,
                    int version, Pauses& pauses) {
  auto copy =
      OperatorConnection::Open(file.path(), path, Connection::Mode::kInspect);
  if (!copy.ok()) return copy.status();
  const auto found = ReadSchemaVersion(**copy);
  if (!found.ok()) return copy->Explain(found.status());
  if (*found != version) {
    return copy->Explain(
        absl::DataLossError("the copy has another schema version"));
  }
  return copy->Explain(CheckIntegrity(**copy, [&] { return pauses.Pause(); }));
}

}  // namespace

absl::StatusOr<Backup> BackUp(const std::string& database,
                              const std::string& path,
                              const BackupPause& pause) {
  auto source = OpenSnapshot(database);
  if (!source.ok()) return source.status();
  const auto version = SnapshotVersion(*source);
  if (!version.ok()) return version.status();
  absl::Status status = CheckTarget(path);
  if (!status.ok()) return status;
  auto file = UnfinishedFile::Create(path);
  if (!file.ok()) return file.status();
  Pauses pauses(pause);
  status = Copy(*source, *file, path, pauses);
  if (!status.ok()) return status;
  // Ends the transaction, so that the log can shrink while the copy is checked.
  status = source->Explain((*source)->Execute("end", "COMMIT"));
  if (status.ok()) status = Verify(*file, path, *version, pauses);
  if (!status.ok()) return status;
  const auto bytes = file->Size();
  if (!bytes.ok()) return bytes.status();
  status = file->Finish();
  if (!status.ok()) return status;
  return Backup{*bytes, *version};
}

}  // namespace webhooks::sqlite
