#include "storage/sqlite/sqlite_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/errors.h"
#include "storage/sqlite/database_file.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/rows.h"

namespace webhooks::sqlite {
namespace {

// Reads are short and mostly come from the page cache.
constexpr int kReaders = 2;

absl::StatusOr<std::unique_ptr<Connection>> OpenWriter(
    const std::string& path, std::optional<std::int64_t> max_bytes,
    const FaultObserver& observer) {
  auto writer = Connection::Open(path, Connection::Mode::kWrite, observer);
  if (!writer.ok()) return writer;
  if (absl::Status migrated = Migrate(**writer); !migrated.ok()) {
    return absl::Status(migrated.code(), absl::StrCat("database ", path, ": ",
                                                      migrated.message()));
  }
  if (max_bytes.has_value()) {
    absl::Status limited = (*writer)->LimitSize(*max_bytes);
    if (!limited.ok()) return limited;
  }
  return writer;
}

// Runs `select` on a reader and completes the call with what it returns.
template <typename T, typename Select>
void ReadWith(ReaderPool& readers, const CallOptions& options, Select select,
              Done<T> done) {
  readers.Submit(options,
                 [select = std::move(select), done = std::move(done)](
                     absl::Status status, Connection* connection) mutable {
                   if (!status.ok()) {
                     std::move(done)(std::move(status));
                   } else {
                     std::move(done)(select(*connection));
                   }
                 });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> SqliteStore::Open(
    const std::string& given_path, std::optional<std::int64_t> max_bytes,
    const FaultObserver& observer) {
  absl::Status file = CheckDatabaseFile(given_path);
  if (file.ok()) file = MakeDatabaseFile(given_path);
  if (!file.ok()) return file;
  auto resolved = ResolvedPath(given_path);
  if (!resolved.ok()) return resolved.status();
  const std::string& path = *resolved;
  auto lock = FileLock::Acquire(absl::StrCat(path, ".lock"));
  if (!lock.ok()) return lock.status();
  auto writer = OpenWriter(path, max_bytes, observer);
  if (!writer.ok()) return writer.status();
  std::vector<std::unique_ptr<Connection>> readers;
  for (int i = 0; i < kReaders; ++i) {
    auto reader = Connection::Open(path, Connection::Mode::kRead, observer);
    if (!reader.ok()) return reader.status();
    readers.push_back(*std::move(reader));
  }
  return std::unique_ptr<Store>(new SqliteStore(
      *std::move(lock), *std::move(writer), std::move(readers)));
}

SqliteStore::SqliteStore(FileLock lock, std::unique_ptr<Connection> writer,
                         std::vector<std::unique_ptr<Connection>> readers)
    : lock_(std::move(lock)),
      writer_(std::move(writer)),
      readers_(std::move(readers)) {}

void SqliteStore::Probe(const CallOptions& options, DoneStatus done) {
  readers_.Submit(
      options, [this, options, done = std::move(done)](
                   absl::Status status, Connection* connection) mutable {
        if (status.ok()) status = SelectAnyProject(*connection).status();
        if (!status.ok()) return std::move(done)(std::move(status));
        writer_.Submit(
            options, GroupWriter::Steps::kOne,
            [](Connection&) { return absl::OkStatus(); }, std::move(done));
      });
}

void SqliteStore::HasProject(const CallOptions& options, Done<bool> done) {
  ReadWith<bool>(readers_, options, &SelectAnyProject, std::move(done));
}

void SqliteStore::CreateProject(const v1::Project& project,
                                const v1::ApiKey& key, const ApiKeyHash& hash,
                                const CallOptions& options, DoneStatus done) {
  writer_.Submit(
      options, GroupWriter::Steps::kSeveral,
      [project, key, hash](Connection& connection) {
        absl::Status status = InsertProject(connection, project);
        return status.ok() ? InsertApiKey(connection, key, hash) : status;
      },
      std::move(done));
}

void SqliteStore::FindApiKey(const ApiKeyHash& hash, const CallOptions& options,
                             Done<v1::ApiKey> done) {
  ReadWith<v1::ApiKey>(
      readers_, options,
      [hash](Connection& connection) { return SelectApiKey(connection, hash); },
      std::move(done));
}

void SqliteStore::CreateWebhook(const v1::Webhook& webhook,
                                const CallOptions& options, DoneStatus done) {
  writer_.Submit(
      options, GroupWriter::Steps::kOne,
      [webhook](Connection& connection) {
        return InsertWebhook(connection, webhook);
      },
      std::move(done));
}

void SqliteStore::GetWebhook(absl::string_view project, absl::string_view id,
                             const CallOptions& options,
                             Done<v1::Webhook> done) {
  ReadWith<v1::Webhook>(
      readers_, options,
      [project = std::string(project),
       id = std::string(id)](Connection& connection) {
        return SelectWebhook(connection, project, id);
      },
      std::move(done));
}

}  // namespace webhooks::sqlite
