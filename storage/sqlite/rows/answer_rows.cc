#include "storage/sqlite/rows/answer_rows.h"

#include <algorithm>

#include "absl/strings/string_view.h"
#include "storage/sqlite/engine/columns.h"

namespace webhooks::sqlite {
namespace {

absl::string_view View(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

absl::StatusOr<std::optional<std::string>> SelectAnswer(
    Connection& connection, const Sealer& sealer, const Idempotency& once) {
  using Kept = std::optional<std::string>;
  return connection.Guarded("select answer", [&]() -> absl::StatusOr<Kept> {
    Statement row = connection.Prepared(
        "SELECT request, answer FROM answers WHERE key = ? AND expires_at > ?");
    BindBlob(row, 1, once.key);
    BindTime(row, 2, once.now);
    if (!row->executeStep()) return Kept();
    if (BlobColumn(row, 0) != View(once.request)) return RequestIdReused();
    Kept answer = sealer.Open(BlobColumn(row, 1), View(once.key));
    if (!answer) return connection.Fault("open a kept answer", "not sealed so");
    return answer;
  });
}

absl::Status InsertAnswer(Connection& connection, const Sealer& sealer,
                          const Idempotency& once, const std::string& answer) {
  const std::string sealed = sealer.Seal(answer, View(once.key));
  return connection.Guarded("insert answer", [&]() -> absl::Status {
    Statement insert = connection.Prepared(
        "INSERT OR REPLACE INTO answers (key, request, project_id, answer,"
        " expires_at) VALUES (?, ?, ?, ?, ?)");
    BindBlob(insert, 1, once.key);
    BindBlob(insert, 2, once.request);
    BindUuid(insert, 3, once.project);
    BindBytes(insert, 4, sealed);
    BindTime(insert, 5, once.now + Idempotency::kKept);
    insert->exec();
    return absl::OkStatus();
  });
}

}  // namespace webhooks::sqlite
