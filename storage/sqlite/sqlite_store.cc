#include "storage/sqlite/sqlite_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/sqlite/engine/database_file.h"
#include "storage/sqlite/engine/migrations.h"
#include "storage/sqlite/engine/secret_key_rows.h"
#include "storage/sqlite/rows/latest_id.h"
#include "storage/sqlite/rows/project_rows.h"

namespace webhooks::sqlite {
namespace {

// Reads are short and mostly served from the page cache. A project gets all
// readers but one.
constexpr int kReaders = 3;

// Readers for credentials, which every call needs.
constexpr int kKeyReaders = 1;

// The interval of probes that write, while writes succeed: each costs an fsync.
constexpr absl::Duration kProbeEvery = absl::Seconds(10);

using Connections = std::vector<std::unique_ptr<Connection>>;

absl::StatusOr<Connections> OpenReaders(const std::string& path, int count,
                                        StoreObserver& observer) {
  Connections readers;
  for (int i = 0; i < count; ++i) {
    auto reader = Connection::Open(path, Connection::Mode::kRead, observer);
    if (!reader.ok()) return reader.status();
    readers.push_back(*std::move(reader));
  }
  return readers;
}

absl::Status Named(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat("database ", path, ": ", status.message()));
}

absl::StatusOr<std::unique_ptr<Sealer>> MakeSealer(
    const std::string& path, Connection& writer, const SecretKeySource& keys) {
  const auto needed = SealedUnder(writer);
  if (!needed.ok()) return Named(path, needed.status());
  auto found = keys(/*must_exist=*/!needed->empty());
  if (!found.ok()) return found.status();
  return std::make_unique<Sealer>(*std::move(found));
}

absl::Status Prepare(const std::string& path, Connection& writer,
                     const Sealer& sealer,
                     std::optional<std::int64_t> max_bytes) {
  absl::Status migrated = Migrate(writer, sealer);
  if (!migrated.ok()) return Named(path, migrated);
  return max_bytes ? writer.LimitSize(*max_bytes) : absl::OkStatus();
}

// Returns the files whose loss would lose later commits.
absl::StatusOr<std::vector<OpenFile>> FilesOf(const std::string& path) {
  std::vector<OpenFile> files;
  for (const char* suffix : {"", "-wal"}) {
    auto file = OpenFile::At(absl::StrCat(path, suffix));
    if (!file.ok()) return file.status();
    files.push_back(*std::move(file));
  }
  return files;
}

// Refuses commits once a file of the database was moved or removed: the next
// start would not see them.
class FileGuard {
 public:
  explicit FileGuard(std::vector<OpenFile> files) : files_(std::move(files)) {}

  absl::Status Check(const Connection& connection) {
    for (const OpenFile& file : files_) {
      if (file.IsInPlace()) continue;
      if (!std::exchange(has_reported_, true)) {
        connection
            .Fault("check the database's files",
                   absl::StrCat(file.path(),
                                " was moved or removed while in use: writes "
                                "are refused"))
            .IgnoreError();
      }
      return StorageUnavailable();
    }
    has_reported_ = false;
    return absl::OkStatus();
  }

 private:
  std::vector<OpenFile> files_;
  bool has_reported_ = false;
};

// Returns the options of a call that does not run on its caller's thread, so
// that it completes before other work runs.
CallOptions Queued(CallOptions options) {
  options.may_block = false;
  return options;
}

// Writes about as many pages as an event needs, and deletes them again.
absl::Status TryToWrite(Connection& connection) {
  absl::Status status = connection.Execute(
      "probe", "INSERT OR REPLACE INTO probe VALUES (1, zeroblob(8192))");
  return status.ok() ? connection.Execute("probe", "DELETE FROM probe")
                     : status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> SqliteStore::Open(
    const std::string& given_path, std::optional<std::int64_t> max_bytes,
    const SecretKeySource& keys, StoreObserver& observer,
    SteadyClock steady_clock) {
  absl::Status file = CheckDatabaseFile(given_path);
  if (file.ok()) file = CreateDatabaseFile(given_path);
  if (!file.ok()) return file;
  auto resolved = ResolvedPath(given_path);
  if (!resolved.ok()) return resolved.status();
  const std::string& path = *resolved;
  auto side_lock = FileLock::Acquire(absl::StrCat(path, ".lock"));
  if (!side_lock.ok()) return side_lock.status();
  auto lock = FileLock::Acquire(path);
  if (!lock.ok()) return lock.status();
  auto writer = Connection::Open(path, Connection::Mode::kWrite, observer);
  if (!writer.ok()) return writer.status();
  auto sealer = MakeSealer(path, **writer, keys);
  if (!sealer.ok()) return sealer.status();
  absl::Status prepared = Prepare(path, **writer, **sealer, max_bytes);
  if (!prepared.ok()) return prepared;
  auto files = FilesOf(path);
  if (!files.ok()) return files.status();
  auto readers = OpenReaders(path, kReaders, observer);
  if (!readers.ok()) return readers.status();
  auto key_readers = OpenReaders(path, kKeyReaders, observer);
  if (!key_readers.ok()) return key_readers.status();
  return std::unique_ptr<Store>(new SqliteStore(
      {*std::move(side_lock), *std::move(lock)}, *std::move(files),
      *std::move(sealer), *std::move(writer), *std::move(readers),
      *std::move(key_readers), observer, std::move(steady_clock)));
}

SqliteStore::SqliteStore(std::array<FileLock, 2> locks,
                         std::vector<OpenFile> files,
                         std::unique_ptr<Sealer> sealer,
                         std::unique_ptr<Connection> writer,
                         std::vector<std::unique_ptr<Connection>> readers,
                         std::vector<std::unique_ptr<Connection>> key_readers,
                         StoreObserver& observer, SteadyClock steady_clock)
    : locks_(std::move(locks)),
      sealer_(std::move(sealer)),
      steady_clock_(std::move(steady_clock)),
      leases_(steady_clock_),
      maintenance_(*sealer_, leases_, reserved_seqs_),
      notifier_(observer),
      writer_(
          std::move(writer), observer,
          [guard = FileGuard(std::move(files))](
              const Connection& connection) mutable {
            return guard.Check(connection);
          },
          steady_clock_),
      readers_(std::move(readers), observer),
      key_readers_(std::move(key_readers), observer) {}

void SqliteStore::Probe(const CallOptions& options, DoneStatus done) {
  readers_.Submit(options, /*project=*/"",
                  [this, options, done = std::move(done)](
                      absl::Status status, Connection* connection) mutable {
                    if (status.ok())
                      status = sqlite::HadFirstProject(*connection).status();
                    if (!status.ok()) return std::move(done)(std::move(status));
                    writer_.Submit(
                        options,
                        [this](Connection& writer) {
                          const absl::Duration now = steady_clock_();
                          if (now < next_probe_ && !writer_.is_failing()) {
                            return absl::OkStatus();
                          }
                          next_probe_ = now + kProbeEvery;
                          return TryToWrite(writer);
                        },
                        std::move(done));
                  });
}

void SqliteStore::Maintain(absl::Time now, absl::Duration retention,
                           const CallOptions& options, Done<bool> done) {
  WriteAndNotify<bool>(
      Queued(options),
      [this, now, retention](Connection& connection,
                             Notifications& notifications) {
        return maintenance_.Step(connection, now, retention, notifications);
      },
      // Runs before other work, as the call is queued.
      [this, done = std::move(done)](absl::StatusOr<bool> more) mutable {
        if (more.ok()) maintenance_.Committed();
        std::move(done)(std::move(more));
      });
}

void SqliteStore::AdvanceRetention(absl::Time now, absl::Duration max_step,
                                   const CallOptions& options,
                                   Done<absl::Time> done) {
  Write<absl::Time>(
      options,
      [this, now, max_step](Connection& connection) {
        return maintenance_.AdvanceRetention(connection, now, max_step);
      },
      std::move(done));
}

void SqliteStore::FindLatestId(const CallOptions& options,
                               Done<absl::Time> done) {
  Read<absl::Time>("", options, &SelectLatestIdTime, std::move(done));
}

void SqliteStore::ListUnusedKeys(const CallOptions& options,
                                 Done<std::vector<SecretKey::Id>> done) {
  using Ids = std::vector<SecretKey::Id>;
  Read<Ids>(
      "", options,
      [this](Connection& connection) -> absl::StatusOr<Ids> {
        const auto used = SelectSecretKeys(connection);
        if (!used.ok()) return used.status();
        Ids unused = sealer_->key_ids();
        std::erase_if(unused, [&](const SecretKey::Id& id) {
          return std::find(used->begin(), used->end(), id) != used->end();
        });
        return unused;
      },
      std::move(done));
}

// The sealer changes after the commit. Before it, the database does not list
// the new key, and the next start would not notice that the key is missing.
// Until then the old key seals; `keys` has it too.
void SqliteStore::ReplaceSecretKeys(SecretKeys keys, const CallOptions& options,
                                    DoneStatus done) {
  const auto next = std::make_shared<const SecretKeys>(std::move(keys));
  writer_.Submit(
      Queued(options),
      [this, next](Connection& connection) {
        maintenance_.BeginKeyChange();
        absl::Status good = CheckSecretKeys(connection, Sealer(*next));
        return good.ok() ? InsertSecretKey(connection, next->front().id())
                         : good;
      },
      [this, next, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sealer_->Replace(*next);
        maintenance_.EndKeyChange(/*are_replaced=*/status.ok());
        std::move(done)(std::move(status));
      });
}

}  // namespace webhooks::sqlite
