#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_ANSWER_ROWS_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_ANSWER_ROWS_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/call.h"
#include "storage/errors.h"
#include "storage/sealing/sealer.h"
#include "storage/sqlite/engine/connection.h"

// The answers that are kept for Idempotency.
namespace webhooks::sqlite {

// The answer kept for `once`, if there is one. ALREADY_EXISTS
// (REQUEST_ID_REUSED): that is of another request.
absl::StatusOr<std::optional<std::string>> SelectAnswer(
    Connection& connection, const Sealer& sealer, const Idempotency& once);

// Keeps `answer`, in the place of one whose time is over.
absl::Status InsertAnswer(Connection& connection, const Sealer& sealer,
                          const Idempotency& once, const std::string& answer);

// Ends as `work`, which changes the database and makes a message, or with what
// it made for `once` before. Several steps, inside the caller's transaction.
template <typename T, typename Work>
absl::StatusOr<Created<T>> PerformOnce(Connection& connection,
                                       const Sealer& sealer,
                                       const std::optional<Idempotency>& once,
                                       Work&& work) {
  if (once) {
    auto kept = SelectAnswer(connection, sealer, *once);
    if (!kept.ok()) return kept.status();
    if (*kept) {
      Created<T> created{T(), /*replayed=*/true};
      if (created.answer.ParseFromString(**kept)) return created;
      return connection.Fault("read a kept answer", "it is no such message");
    }
    if (!once->otherwise.ok()) return once->otherwise;
  }
  absl::StatusOr<T> made = std::forward<Work>(work)();
  if (!made.ok()) return made.status();
  if (once) {
    absl::Status kept =
        InsertAnswer(connection, sealer, *once, made->SerializeAsString());
    if (!kept.ok()) return kept;
  }
  return Created<T>{*std::move(made)};
}

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_ANSWER_ROWS_H_
