#include "storage/sqlite/sqlite_store.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/sqlite/database_file.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/project_rows.h"
#include "storage/sqlite/secret_key_rows.h"

namespace webhooks::sqlite {
namespace {

// Reads are short and mostly come from the page cache.
constexpr int kReaders = 2;

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

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> SqliteStore::Open(
    const std::string& given_path, std::optional<std::int64_t> max_bytes,
    const SecretKeySource& keys, const FaultObserver& faults,
    StoreObserver& observer, SteadyClock steady_clock) {
  absl::Status file = CheckDatabaseFile(given_path);
  if (file.ok()) file = MakeDatabaseFile(given_path);
  if (!file.ok()) return file;
  auto resolved = ResolvedPath(given_path);
  if (!resolved.ok()) return resolved.status();
  const std::string& path = *resolved;
  auto lock = FileLock::Acquire(absl::StrCat(path, ".lock"));
  if (!lock.ok()) return lock.status();
  auto writer = Connection::Open(path, Connection::Mode::kWrite, faults);
  if (!writer.ok()) return writer.status();
  auto sealer = MakeSealer(path, **writer, keys);
  if (!sealer.ok()) return sealer.status();
  absl::Status prepared = Prepare(path, **writer, **sealer, max_bytes);
  if (!prepared.ok()) return prepared;
  std::vector<std::unique_ptr<Connection>> readers;
  for (int i = 0; i < kReaders; ++i) {
    auto reader = Connection::Open(path, Connection::Mode::kRead, faults);
    if (!reader.ok()) return reader.status();
    readers.push_back(*std::move(reader));
  }
  return std::unique_ptr<Store>(
      new SqliteStore(*std::move(lock), *std::move(sealer), *std::move(writer),
                      std::move(readers), observer, std::move(steady_clock)));
}

SqliteStore::SqliteStore(FileLock lock, std::unique_ptr<Sealer> sealer,
                         std::unique_ptr<Connection> writer,
                         std::vector<std::unique_ptr<Connection>> readers,
                         StoreObserver& observer, SteadyClock steady_clock)
    : observer_(observer),
      lock_(std::move(lock)),
      sealer_(std::move(sealer)),
      leases_(std::move(steady_clock)),
      maintenance_(*sealer_, leases_),
      writer_(std::move(writer), observer),
      readers_(std::move(readers), observer) {}

void SqliteStore::Probe(const CallOptions& options, DoneStatus done) {
  readers_.Submit(options, [this, options, done = std::move(done)](
                               absl::Status status,
                               Connection* connection) mutable {
    if (status.ok()) status = HasFirstProjectNote(*connection).status();
    if (!status.ok()) return std::move(done)(std::move(status));
    writer_.Submit(
        options, [](Connection&) { return absl::OkStatus(); }, std::move(done));
  });
}

void SqliteStore::Maintain(absl::Time now, absl::Duration retention,
                           const CallOptions& options, Done<bool> done) {
  WriteNoting<bool>(
      options,
      [this, now, retention](Connection& connection, DueNotes& notes) {
        return maintenance_.Step(connection, now, retention, notes);
      },
      // On the writer's thread, as the step was.
      [this, done = std::move(done)](absl::StatusOr<bool> more) mutable {
        if (more.ok()) maintenance_.Committed();
        std::move(done)(std::move(more));
      });
}

void SqliteStore::AdvanceRetention(absl::Time now, absl::Duration most,
                                   const CallOptions& options,
                                   Done<absl::Time> done) {
  Write<absl::Time>(
      options,
      [this, now, most](Connection& connection) {
        return maintenance_.AdvanceRetention(connection, now, most);
      },
      std::move(done));
}

void SqliteStore::ListUnusedKeys(const CallOptions& options,
                                 Done<std::vector<SecretKey::Id>> done) {
  using Ids = std::vector<SecretKey::Id>;
  Read<Ids>(
      options,
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

}  // namespace webhooks::sqlite
