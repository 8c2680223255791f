#include "storage/sqlite/backend.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/sql/transfer/import.h"
#include "storage/sqlite/open_store.h"
#include "storage/sqlite/operator/backup.h"
#include "storage/sqlite/operator/inspection.h"
#include "storage/sqlite/operator/transfer.h"

namespace webhooks::sqlite {
namespace {

constexpr absl::string_view kScheme = "sqlite:";

// The parts of the URL.
struct Location {
  std::string path;
  std::optional<std::int64_t> max_bytes;
};

absl::StatusOr<Location> Parse(absl::string_view url) {
  absl::string_view rest = absl::StripPrefix(url, kScheme);
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(rest, absl::MaxSplits('?', 1));
  Location location{std::string(parts.first), std::nullopt};
  if (location.path.empty() || location.path == ":memory:") {
    return absl::InvalidArgumentError("sqlite: needs the path of a file");
  }
  for (const absl::string_view option :
       absl::StrSplit(parts.second, '&', absl::SkipEmpty())) {
    std::int64_t bytes = 0;
    absl::string_view value = option;
    if (!absl::ConsumePrefix(&value, "max_bytes=") ||
        !absl::SimpleAtoi(value, &bytes) || bytes <= 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown or malformed option '", option, "'"));
    }
    location.max_bytes = bytes;
  }
  return location;
}

absl::Status CreatePrivateFolder(const std::filesystem::path& folder) {
  if (folder.empty()) return absl::OkStatus();
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all,
                                 error);
  }
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(
      error.value(), absl::StrCat("cannot create folder ", folder.string()));
}

// An operator may restore as root, but the server of a package does not run as
// root and could not open root's file.
absl::Status GiveToOwnerOfFolder(const std::string& path) {
  if (geteuid() != 0) return absl::OkStatus();
  struct stat folder {};
  const std::string name =
      std::filesystem::absolute(path).parent_path().string();
  if (stat(name.c_str(), &folder) == 0 &&
      chown(path.c_str(), folder.st_uid, folder.st_gid) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(
      errno, absl::StrCat("cannot give ", path, " to the owner of its folder"));
}

absl::StatusOr<std::unique_ptr<Store>> OpenStore(absl::string_view url,
                                                 const SecretKeySource& keys,
                                                 StoreObserver& observer,
                                                 SteadyClock steady_clock,
                                                 v1::Server self) {
  const absl::StatusOr<Location> location = Parse(url);
  if (!location.ok()) return location.status();
  absl::Status created = CreatePrivateFolder(StoreFolder(url));
  if (!created.ok()) return created;
  return OpenStoreFile(location->path, location->max_bytes, keys, observer,
                       std::move(steady_clock), std::move(self));
}

StorePresence FindStore(absl::string_view url) {
  const absl::StatusOr<Location> location = Parse(url);
  std::error_code error;
  if (!location.ok() || !std::filesystem::exists(location->path, error)) {
    return StorePresence::kAbsent;
  }
  const auto bytes = std::filesystem::file_size(location->path, error);
  return !error && bytes == 0 ? StorePresence::kEmpty : StorePresence::kPresent;
}

std::string StoreName(absl::string_view url) { return std::string(url); }

std::string StoreFolder(absl::string_view url) {
  const absl::StatusOr<Location> location = Parse(url);
  if (!location.ok()) return "";
  return std::filesystem::path(location->path).parent_path().string();
}

absl::StatusOr<Backup> BackUpStore(absl::string_view url,
                                   const std::string& path,
                                   const BackupPause& pause) {
  const absl::StatusOr<Location> location = Parse(url);
  if (!location.ok()) return location.status();
  return BackUp(location->path, path, pause);
}

absl::StatusOr<Backup> RestoreStore(const std::string& path,
                                    absl::string_view url,
                                    const BackupPause& pause) {
  const absl::StatusOr<Location> location = Parse(url);
  if (!location.ok()) return location.status();
  absl::Status created = CreatePrivateFolder(StoreFolder(url));
  if (!created.ok()) return created;
  const auto restored = BackUp(path, location->path, pause);
  if (absl::IsAlreadyExists(restored.status())) {
    return absl::AlreadyExistsError(absl::StrCat(
        restored.status().message(),
        ": stop the server, and move the database with all files of its name "
        "(-wal, -shm, -journal) to another place"));
  }
  if (!restored.ok()) return restored;
  absl::Status owned = GiveToOwnerOfFolder(location->path);
  if (!owned.ok()) return owned;
  return restored;
}

absl::StatusOr<Inspection> InspectStore(absl::string_view url) {
  const absl::StatusOr<Location> location = Parse(url);
  if (!location.ok()) return location.status();
  return Inspect(location->path, location->max_bytes);
}

absl::StatusOr<Transfer> ExportStore(absl::string_view url,
                                     absl::string_view project, absl::Time now,
                                     const ByteSink& sink) {
  const absl::StatusOr<Location> location = Parse(url);
  if (!location.ok()) return location.status();
  return Export(location->path, project, now, sink);
}

absl::StatusOr<Transfer> ImportStore(absl::string_view url,
                                     const ByteSource& source,
                                     const SecretKeySource& keys) {
  const absl::StatusOr<Location> location = Parse(url);
  if (!location.ok()) return location.status();
  const auto import = sql::Import::Begin(source, keys);
  if (!import.ok()) return import.status();
  absl::Status created = CreatePrivateFolder(StoreFolder(url));
  if (!created.ok()) return created;
  const bool is_new = FindStore(url) == StorePresence::kAbsent;
  auto imported = Import(location->path, location->max_bytes, **import);
  if (!imported.ok() || !is_new) return imported;
  for (const char* suffix : {"", ".lock"}) {
    absl::Status owned =
        GiveToOwnerOfFolder(absl::StrCat(location->path, suffix));
    if (!owned.ok()) return owned;
  }
  return imported;
}

}  // namespace

const Backend& GetBackend() {
  static constexpr Backend kBackend = {
      kScheme,      &OpenStore,    &FindStore,    &StoreName,   &StoreFolder,
      &BackUpStore, &RestoreStore, &InspectStore, &ExportStore, &ImportStore};
  return kBackend;
}

}  // namespace webhooks::sqlite
