#include "storage/open.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/sqlite_url.h"

namespace webhooks {
namespace {

absl::Status MakePrivateFolder(const std::filesystem::path& folder) {
  if (folder.empty()) return absl::OkStatus();
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all,
                                 error);
  }
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(
      error.value(), absl::StrCat("cannot make folder ", folder.string()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenStore(absl::string_view url,
                                                 const SecretKeySource& keys,
                                                 const FaultObserver& faults,
                                                 StoreObserver& observer,
                                                 SteadyClock steady_clock) {
  const absl::StatusOr<SqliteUrl> parsed = ParseSqliteUrl(url);
  if (!parsed.ok()) return parsed.status();
  if (absl::Status made = MakePrivateFolder(StoreFolder(url)); !made.ok()) {
    return made;
  }
  return sqlite::SqliteStore::Open(parsed->path, parsed->max_bytes, keys,
                                   faults, observer, std::move(steady_clock));
}

StorePresence FindStore(absl::string_view url) {
  const absl::StatusOr<SqliteUrl> parsed = ParseSqliteUrl(url);
  std::error_code error;
  if (!parsed.ok() || !std::filesystem::exists(parsed->path, error)) {
    return StorePresence::kAbsent;
  }
  const auto bytes = std::filesystem::file_size(parsed->path, error);
  return !error && bytes == 0 ? StorePresence::kEmpty : StorePresence::kThere;
}

std::string StoreFolder(absl::string_view url) {
  const absl::StatusOr<SqliteUrl> parsed = ParseSqliteUrl(url);
  if (!parsed.ok()) return "";
  return std::filesystem::path(parsed->path).parent_path().string();
}

}  // namespace webhooks
