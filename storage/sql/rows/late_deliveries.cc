#include "storage/sql/rows/late_deliveries.h"

#include "storage/delivery_progress.h"
#include "storage/errors.h"
#include "storage/publishing.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_rows.h"
#include "storage/sql/rows/event_reader.h"

namespace webhooks::sql {
namespace {

// Returns the seq of an event that exists.
std::int64_t SelectSeq(Connection& connection, const v1::Event& event) {
  Statement row = connection.Prepared(
      "SELECT seq FROM events WHERE project_id = ? AND id = ?");
  BindUuid(row, 1, event.id_project());
  BindUuid(row, 2, event.id_event());
  row.Step();
  return row.Int64(0);
}

absl::Status CheckActive(Connection& connection, absl::string_view project,
                         absl::string_view webhook) {
  Statement row = connection.Prepared(
      "SELECT active FROM webhooks WHERE project_id = ? AND id = ?");
  BindUuid(row, 1, project);
  BindUuid(row, 2, webhook);
  if (!row.Step()) return WebhookNotFound(webhook);
  return row.Int(0) != 0 ? absl::OkStatus() : WebhookInactive();
}

bool IsReceiving(Connection& connection, absl::string_view project,
                 absl::string_view webhook) {
  Statement row = connection.Prepared(
      "SELECT 1 FROM webhooks WHERE project_id = ? AND id = ?"
      " AND active = 1 AND url IS NOT NULL");
  BindUuid(row, 1, project);
  BindUuid(row, 2, webhook);
  return row.Step();
}

}  // namespace

absl::StatusOr<v1::Delivery> DeliverEvent(
    Connection& connection, const Leases& leases, absl::string_view project,
    absl::string_view event, absl::string_view webhook, absl::Time now,
    Notifications& notifications) {
  const auto found = SelectEvent(connection, leases, project, event);
  if (!found.ok()) return found.status();
  return connection.Guarded(
      "deliver event", [&]() -> absl::StatusOr<v1::Delivery> {
        absl::Status active = CheckActive(connection, project, webhook);
        if (!active.ok()) return active;
        const std::string bytes = UuidBytes(webhook);
        const Uuid id = DeliveryId(*found, bytes);
        const std::string text = FormatUuid(id);
        if (SelectDeliveryRow(connection, leases, UuidBytes(text))) {
          return DeliveryExists(text);
        }
        InsertLateDelivery(connection, id, project, webhook,
                           SelectSeq(connection, *found), now, now,
                           notifications);
        notifications.AddUrgent({found->id_project(), UuidText(bytes)}, now);
        return SelectDelivery(connection, leases, project, text);
      });
}

void InsertLateDelivery(Connection& connection, const Uuid& id,
                        absl::string_view project, absl::string_view webhook,
                        std::int64_t event_seq, absl::Time now, absl::Time due,
                        Notifications& notifications) {
  Statement insert = connection.Prepared(
      "INSERT INTO deliveries (id, project_id, webhook_id, event_seq, state,"
      " queue_at, retry_at, place, kept_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
      " ?7, 2 * (SELECT max(seq) FROM events) + 1, ?7)");
  BindBlob(insert, 1, id);
  BindUuid(insert, 2, project);
  BindUuid(insert, 3, webhook);
  insert.Bind(4, event_seq);
  insert.Bind(5, static_cast<int>(v1::Delivery::PENDING));
  BindTime(insert, 6, due > now ? due : kAtOnce);
  BindTime(insert, 7, due);
  insert.Execute();
  const std::string bytes(id.begin(), id.end());
  AddChange(connection, bytes, DeliveryChange::Kind::kMade, notifications);
  if (!IsReceiving(connection, project, webhook)) {
    AddChange(connection, bytes, DeliveryChange::Kind::kHeld, notifications);
  }
}

}  // namespace webhooks::sql
