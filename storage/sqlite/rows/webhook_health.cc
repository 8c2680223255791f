#include "storage/sqlite/rows/webhook_health.h"

#include <algorithm>
#include <optional>
#include <string>

#include "proto/time.h"
#include "storage/changes.h"
#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/event_rows.h"
#include "storage/sqlite/rows/stored_webhook.h"
#include "storage/sqlite/rows/webhook_rows.h"

namespace webhooks::sqlite {
namespace {

void BindEndpoint(Statement& statement, int index, const Endpoint& endpoint) {
  BindUuid(statement, index, endpoint.project);
  BindUuid(statement, index + 1, endpoint.webhook);
}

absl::Status NoteSuccess(Connection& connection, const Endpoint& endpoint) {
  return connection.Guarded("note success", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "UPDATE webhooks SET failing_since = NULL WHERE project_id = ?"
        " AND id = ? AND failing_since IS NOT NULL");
    BindEndpoint(update, 1, endpoint);
    update->exec();
    return absl::OkStatus();
  });
}

// Since when attempts at the webhook have failed, this one included.
absl::StatusOr<absl::Time> NoteFailure(Connection& connection,
                                       const AttemptResult& result) {
  return connection.Guarded(
      "note failure", [&]() -> absl::StatusOr<absl::Time> {
        Statement update = connection.Prepared(
            "UPDATE webhooks SET failing_since = ? WHERE project_id = ?"
            " AND id = ? AND failing_since IS NULL");
        BindTime(update, 1, result.record.started_at());
        BindEndpoint(update, 2, result.endpoint);
        update->exec();
        Statement row = connection.Prepared(
            "SELECT failing_since FROM webhooks WHERE project_id = ?"
            " AND id = ?");
        BindEndpoint(row, 1, result.endpoint);
        if (!row->executeStep()) return result.now;
        return TimeColumn(row, 0);
      });
}

// The 16 bytes of the ids of the webhooks that are told of one that has become
// inactive: no more than kMaxTold, so that many that die together do not tell
// all of them of each. Those that name the type are told first; of those that
// listen to every type, none that fails itself.
absl::StatusOr<std::vector<std::string>> SelectTold(Connection& connection,
                                                    const Endpoint& about) {
  constexpr int kMaxTold = 100;
  constexpr int kMaxExamined = 200;
  using Webhooks = std::vector<std::string>;
  return connection.Guarded(
      "look for whom to tell", [&]() -> absl::StatusOr<Webhooks> {
        Webhooks told;
        for (const std::string& type :
             {std::string(kDeactivatedType), std::string()}) {
          Statement row = connection.Prepared(
              "SELECT s.webhook_id, w.failing_since IS NULL FROM subscriptions "
              "s"
              " CROSS JOIN webhooks w ON w.project_id = s.project_id"
              " AND w.id = s.webhook_id WHERE s.project_id = ? AND "
              "s.event_type = ?"
              " AND s.webhook_id <> ? AND w.active = 1 LIMIT ?");
          BindUuid(row, 1, about.project);
          BindText(row, 2, type);
          BindUuid(row, 3, about.webhook);
          row->bind(4, kMaxExamined);
          while (told.size() < kMaxTold && row->executeStep()) {
            const bool is_well = row->getColumn(1).getInt() != 0;
            if (is_well || !type.empty()) told.emplace_back(BlobColumn(row, 0));
          }
        }
        return told;
      });
}

absl::Status Deactivate(Connection& connection, const Sealer& sealer,
                        const AttemptResult& result,
                        v1::Deactivation::Reason reason, DueNotes& notes) {
  auto stored = SelectStored(connection, sealer, result.endpoint.project,
                             result.endpoint.webhook);
  // It was removed meanwhile.
  if (absl::IsNotFound(stored.status())) return absl::OkStatus();
  if (!stored.ok()) return stored.status();
  if (stored->webhook.url() != result.url) return absl::OkStatus();
  const v1::Webhook before = stored->webhook;
  if (!webhooks::Deactivate(reason, result.now, stored->webhook))
    return absl::OkStatus();
  notes.AddDeactivation(reason);
  absl::Status status =
      WriteChange(connection, sealer, before, result.now, *stored, notes);
  if (!status.ok()) return status;
  const auto told = SelectTold(connection, result.endpoint);
  if (!told.ok()) return told.status();
  return InsertEvent(connection,
                     DeactivationEvent(stored->webhook, result.lease.delivery),
                     TraceHeaders(), notes, &*told)
      .status();
}

}  // namespace

absl::Status DeactivateDamaged(Connection& connection, const Endpoint& endpoint,
                               absl::Time now, DueNotes& notes) {
  constexpr v1::Deactivation::Reason kReason = v1::Deactivation::DAMAGED;
  v1::Deactivation deactivation;
  *deactivation.mutable_time() = ToTimestamp(now);
  deactivation.set_reason(kReason);
  const std::string bytes = deactivation.SerializeAsString();
  return connection.Guarded("deactivate webhook", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "UPDATE webhooks SET active = 0, deactivation = ?"
        " WHERE project_id = ? AND id = ?");
    BindBytes(update, 1, bytes);
    BindEndpoint(update, 2, endpoint);
    update->exec();
    notes.AddDeactivation(kReason);
    return absl::OkStatus();
  });
}

absl::Status NoteHealth(Connection& connection, const Sealer& sealer,
                        const AttemptResult& result, DueNotes& notes) {
  if (result.outcome == AttemptResult::Outcome::kDelivered) {
    return NoteSuccess(connection, result.endpoint);
  }
  const auto failing_since = NoteFailure(connection, result);
  if (!failing_since.ok()) return failing_since.status();
  if (result.gone) {
    return Deactivate(connection, sealer, result, v1::Deactivation::GONE,
                      notes);
  }
  if (result.now - *failing_since >= result.deactivate_after) {
    return Deactivate(connection, sealer, result, v1::Deactivation::FAILING,
                      notes);
  }
  return absl::OkStatus();
}

}  // namespace webhooks::sqlite
