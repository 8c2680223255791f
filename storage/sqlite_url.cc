#include "storage/sqlite_url.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace webhooks {

absl::StatusOr<SqliteUrl> ParseSqliteUrl(absl::string_view url) {
  absl::string_view rest = url;
  if (!absl::ConsumePrefix(&rest, "sqlite:")) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", url, "' is not sqlite:PATH"));
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(rest, absl::MaxSplits('?', 1));
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

}  // namespace webhooks
