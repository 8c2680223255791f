#ifndef WEBHOOKS_STORAGE_SQL_ROWS_KEPT_ANSWER_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_KEPT_ANSWER_ROWS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/idempotency.h"
#include "storage/sealing/sealer.h"
#include "storage/sql/connection.h"

namespace webhooks::sql {

// The table answers. The answers are sealed.
class KeptAnswerRows final : public KeptAnswers {
 public:
  // Both must outlive this.
  KeptAnswerRows(Connection& connection, const Sealer& sealer)
      : connection_(connection), sealer_(sealer) {}

  // Requests the row for Find.
  void Prefetch(const Idempotency& idempotency);

  absl::StatusOr<std::optional<std::string>> Find(
      const Idempotency& idempotency) override;
  absl::Status Keep(const Idempotency& idempotency,
                    const std::string& answer) override;
  absl::Status Damaged() override;

 private:
  Statement Row(const Idempotency& idempotency);

  Connection& connection_;
  const Sealer& sealer_;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_KEPT_ANSWER_ROWS_H_
