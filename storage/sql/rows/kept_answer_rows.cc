#include "storage/sql/rows/kept_answer_rows.h"

#include "absl/strings/string_view.h"
#include "storage/errors.h"
#include "storage/sql/columns.h"

namespace webhooks::sql {
namespace {

absl::string_view View(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Statement KeptAnswerRows::Row(const Idempotency& idempotency) {
  Statement row = connection_.Prepared(
      "SELECT request, answer FROM answers WHERE key = ? AND expires_at > ?");
  BindBlob(row, 1, idempotency.key);
  BindTime(row, 2, idempotency.now);
  return row;
}

void KeptAnswerRows::Prefetch(const Idempotency& idempotency) {
  Row(idempotency).Prefetch();
}

absl::StatusOr<std::optional<std::string>> KeptAnswerRows::Find(
    const Idempotency& idempotency) {
  using Kept = std::optional<std::string>;
  return connection_.Guarded("select answer", [&]() -> absl::StatusOr<Kept> {
    Statement row = Row(idempotency);
    if (!row.Step()) return Kept();
    if (BlobColumn(row, 0) != View(idempotency.request))
      return RequestIdReused();
    Kept answer = sealer_.Open(BlobColumn(row, 1), View(idempotency.key));
    if (!answer) {
      return connection_.Fault("open a kept answer", "it cannot be decrypted");
    }
    return answer;
  });
}

absl::Status KeptAnswerRows::Keep(const Idempotency& idempotency,
                                  const std::string& answer) {
  const std::string sealed = sealer_.Seal(answer, View(idempotency.key));
  return connection_.Guarded("insert answer", [&]() -> absl::Status {
    Statement insert = connection_.Prepared(
        "INSERT INTO answers (key, request, project_id, answer, expires_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
        " request = excluded.request, project_id = excluded.project_id,"
        " answer = excluded.answer, expires_at = excluded.expires_at"
        " WHERE answers.expires_at <= ?");
    BindBlob(insert, 1, idempotency.key);
    BindBlob(insert, 2, idempotency.request);
    BindUuid(insert, 3, idempotency.project);
    BindBytes(insert, 4, sealed);
    BindTime(insert, 5, idempotency.now + Idempotency::kRetention);
    BindTime(insert, 6, idempotency.now);
    // A call before in the same transaction may have kept one since the row was
    // prefetched.
    if (insert.ExecuteOnOne()) return absl::OkStatus();
    return connection_.Fault("insert answer", "there is one already");
  });
}

absl::Status KeptAnswerRows::Damaged() {
  return connection_.Fault("read a kept answer", "it cannot be parsed");
}

}  // namespace webhooks::sql
