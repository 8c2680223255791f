#include "storage/open.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/sqlite/sqlite_store.h"

namespace webhooks {
namespace {

constexpr absl::string_view kSqliteScheme = "sqlite:";

struct SqliteUrl {
  std::string path;
  std::optional<std::int64_t> max_bytes;
};

absl::StatusOr<SqliteUrl> ParseSqliteUrl(absl::string_view url) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(
      absl::StripPrefix(url, kSqliteScheme), absl::MaxSplits('?', 1));
  SqliteUrl parsed{std::string(parts.first), std::nullopt};
  if (parsed.path.empty() || parsed.path == ":memory:") {
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
    parsed.max_bytes = bytes;
  }
  return parsed;
}

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
                                                 StoreObserver& observer) {
  if (!absl::StartsWith(url, kSqliteScheme)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", url, "' is not sqlite:PATH"));
  }
  const absl::StatusOr<SqliteUrl> parsed = ParseSqliteUrl(url);
  if (!parsed.ok()) return parsed.status();
  if (absl::Status made = MakePrivateFolder(StoreFolder(url)); !made.ok()) {
    return made;
  }
  return sqlite::SqliteStore::Open(parsed->path, parsed->max_bytes, keys,
                                   faults, observer);
}

std::string StoreFolder(absl::string_view url) {
  const absl::StatusOr<SqliteUrl> parsed = ParseSqliteUrl(url);
  if (!absl::StartsWith(url, kSqliteScheme) || !parsed.ok()) return "";
  return std::filesystem::path(parsed->path).parent_path().string();
}

}  // namespace webhooks
