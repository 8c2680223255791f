#include "storage/sqlite/open_store.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/errors.h"
#include "storage/sql/sql_store.h"
#include "storage/sqlite/engine/connection.h"
#include "storage/sqlite/engine/database_file.h"
#include "storage/sqlite/engine/locked_database.h"
#include "storage/sqlite/engine/migrations.h"

namespace webhooks::sqlite {
namespace {

// Reads are short and mostly served from the page cache. A project gets all
// readers but one.
constexpr int kReaders = 3;

// Readers for credentials, which every call needs.
constexpr int kKeyReaders = 1;

using Readers = std::vector<std::unique_ptr<sql::Connection>>;

absl::StatusOr<Readers> OpenReaders(const std::string& path, int count,
                                    StoreObserver& observer) {
  Readers readers;
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

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenStoreFile(
    const std::string& given_path, std::optional<std::int64_t> max_bytes,
    const SecretKeySource& keys, StoreObserver& observer,
    SteadyClock steady_clock, v1::Server self) {
  auto database = OpenLocked(given_path, observer);
  if (!database.ok()) return database.status();
  const std::string& path = database->path;
  std::unique_ptr<Connection>& writer = database->writer;
  auto sealer = MakeSealer(path, *writer, keys);
  if (!sealer.ok()) return sealer.status();
  absl::Status prepared = Prepare(path, *writer, **sealer, max_bytes);
  if (!prepared.ok()) return prepared;
  auto files = FilesOf(path);
  if (!files.ok()) return files.status();
  writer->SetCommitCheck([guard = FileGuard(*std::move(files))](
                             const Connection& connection) mutable {
    return guard.Check(connection);
  });
  auto readers = OpenReaders(path, kReaders, observer);
  if (!readers.ok()) return readers.status();
  auto key_readers = OpenReaders(path, kKeyReaders, observer);
  if (!key_readers.ok()) return key_readers.status();
  sql::Connections connections{
      {}, *std::move(readers), *std::move(key_readers)};
  connections.writers.push_back(std::move(writer));
  return std::make_unique<sql::SqlStore>(
      *std::move(sealer), std::move(connections), observer,
      std::move(steady_clock), std::move(self), std::move(database->locks));
}

}  // namespace webhooks::sqlite
