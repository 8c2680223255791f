#include "storage/sql/rows/health_rows.h"

#include <optional>
#include <string>
#include <vector>

#include "proto/time.h"
#include "storage/deactivation.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/event_rows.h"
#include "storage/sql/rows/webhook_reader.h"
#include "storage/sql/rows/webhook_rows.h"

namespace webhooks::sql {
namespace {

void BindEndpoint(Statement& statement, int index, const Endpoint& endpoint) {
  BindUuid(statement, index, endpoint.project);
  BindUuid(statement, index + 1, endpoint.webhook);
}

absl::Status RecordSuccess(Connection& connection, const Endpoint& endpoint) {
  return connection.Guarded("record success", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "UPDATE webhooks SET failing_since = NULL WHERE project_id = ?"
        " AND id = ? AND failing_since IS NOT NULL");
    BindEndpoint(update, 1, endpoint);
    update.ExecuteIdempotent();
    return absl::OkStatus();
  });
}

// Returns the start of the first failed attempt since the last success, this
// attempt included.
absl::StatusOr<absl::Time> RecordFailure(Connection& connection,
                                         const AttemptResult& result) {
  return connection.Guarded(
      "record failure", [&]() -> absl::StatusOr<absl::Time> {
        Statement update = connection.Prepared(
            "UPDATE webhooks SET failing_since = ? WHERE project_id = ?"
            " AND id = ? AND failing_since IS NULL");
        BindTime(update, 1, result.record.started_at());
        BindEndpoint(update, 2, result.endpoint);
        update.Execute();
        Statement row = connection.Prepared(
            "SELECT failing_since FROM webhooks WHERE project_id = ?"
            " AND id = ?");
        BindEndpoint(row, 1, result.endpoint);
        if (!row.Step()) return result.now;
        return TimeColumn(row, 0);
      });
}

// Returns the webhooks that get the event about the deactivated one. Webhooks
// that list its type come first. Webhooks that listen to every type follow,
// without failing ones.
absl::StatusOr<std::vector<Listener>> SelectDeactivationListeners(
    Connection& connection, const Endpoint& deactivated) {
  constexpr int kMaxExamined = 200;
  using Webhooks = std::vector<Listener>;
  return connection.Guarded(
      "select listeners", [&]() -> absl::StatusOr<Webhooks> {
        Webhooks listeners;
        for (const std::string& type :
             {std::string(kDeactivatedType), std::string()}) {
          Statement row = connection.Prepared(
              "SELECT s.webhook_id, w.failing_since IS NULL, w.url IS NULL"
              " FROM subscriptions s"
              " CROSS JOIN webhooks w ON w.project_id = s.project_id"
              " AND w.id = s.webhook_id WHERE s.project_id = ?"
              " AND s.event_type = ? AND s.webhook_id <> ? AND w.active = 1"
              " LIMIT ?");
          BindUuid(row, 1, deactivated.project);
          BindText(row, 2, type);
          BindUuid(row, 3, deactivated.webhook);
          row.Bind(4, kMaxExamined);
          while (listeners.size() < kMaxDeactivationListeners && row.Step()) {
            const bool is_healthy = row.Int(1) != 0;
            if (is_healthy || !type.empty()) {
              listeners.push_back(
                  {std::string(BlobColumn(row, 0)), row.Int(2) != 0});
            }
          }
        }
        return listeners;
      });
}

absl::Status DeactivateFailing(Connection& connection, const Sealer& sealer,
                               const AttemptResult& result,
                               v1::Deactivation::Reason reason,
                               Notifications& notifications) {
  auto stored = SelectStored(connection, sealer, result.endpoint.project,
                             result.endpoint.webhook);
  const bool was_removed = absl::IsNotFound(stored.status());
  if (was_removed) return absl::OkStatus();
  if (!stored.ok()) return stored.status();
  if (stored->webhook.url() != result.url) return absl::OkStatus();
  const v1::Webhook before = stored->webhook;
  if (!Deactivate(reason, result.now, stored->webhook)) return absl::OkStatus();
  notifications.AddDeactivation(result.endpoint, reason);
  absl::Status status = WriteChange(connection, sealer, before, result.now,
                                    *stored, notifications);
  if (!status.ok()) return status;
  const auto listeners =
      SelectDeactivationListeners(connection, result.endpoint);
  if (!listeners.ok()) return listeners.status();
  return InsertEvent(connection,
                     DeactivationEvent(stored->webhook, result.lease.delivery),
                     TraceHeaders(), notifications, *listeners)
      .status();
}

}  // namespace

absl::Status DeactivateDamaged(Connection& connection, const Endpoint& endpoint,
                               absl::Time now, Notifications& notifications) {
  constexpr v1::Deactivation::Reason kReason = v1::Deactivation::DAMAGED;
  v1::Deactivation deactivation;
  *deactivation.mutable_time() = ToTimestamp(now);
  deactivation.set_reason(kReason);
  const std::string bytes = deactivation.SerializeAsString();
  connection.ForgetPrefetched();
  return connection.Guarded("deactivate webhook", [&]() -> absl::Status {
    Statement update = connection.Prepared(
        "UPDATE webhooks SET active = 0, deactivation = ?"
        " WHERE project_id = ? AND id = ?");
    BindBytes(update, 1, bytes);
    BindEndpoint(update, 2, endpoint);
    update.Execute();
    notifications.AddDeactivation(endpoint, kReason);
    return absl::OkStatus();
  });
}

absl::Status RecordHealth(Connection& connection, const Sealer& sealer,
                          const AttemptResult& result,
                          Notifications& notifications) {
  if (result.outcome == AttemptResult::Outcome::kDelivered) {
    return RecordSuccess(connection, result.endpoint);
  }
  const auto failing_since = RecordFailure(connection, result);
  if (!failing_since.ok()) return failing_since.status();
  const auto reason = ReasonToDeactivate(result, *failing_since);
  if (!reason) return absl::OkStatus();
  return DeactivateFailing(connection, sealer, result, *reason, notifications);
}

}  // namespace webhooks::sql
