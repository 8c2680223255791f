#ifndef WEBHOOKS_STORAGE_SQLITE_URL_H_
#define WEBHOOKS_STORAGE_SQLITE_URL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace webhooks {

// The parts of "sqlite:PATH?max_bytes=N".
struct SqliteUrl {
  std::string path;
  std::optional<std::int64_t> max_bytes;
};

// INVALID_ARGUMENT: it is something else; the message says what is wrong.
absl::StatusOr<SqliteUrl> ParseSqliteUrl(absl::string_view url);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_SQLITE_URL_H_
