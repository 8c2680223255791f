#include "storage/sql/rows/delivery_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/delivery_progress.h"
#include "storage/errors.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_states.h"
#include "storage/sql/rows/webhook_reader.h"

namespace webhooks::sql {
namespace {

// Adds the newest attempts, up to kMaxShownBytes, in their order.
void AddAttempts(Connection& connection, absl::string_view id,
                 v1::Delivery& delivery) {
  Statement row = connection.Streamed(
      "SELECT attempt FROM attempts WHERE delivery_id = ?"
      " ORDER BY number DESC");
  BindBytes(row, 1, id);
  std::size_t bytes = 0;
  while (row.Step()) {
    bytes += BlobColumn(row, 0).size();
    if (bytes > DeliveryStore::kMaxShownBytes) break;
    AddAttempt(row, delivery);
  }
  std::reverse(delivery.mutable_attempts()->begin(),
               delivery.mutable_attempts()->end());
}

Endpoint EndpointOf(const v1::Delivery& delivery) {
  return {delivery.id_project(), delivery.id_webhook_endpoint()};
}

}  // namespace

void AddAttempt(Statement& row, v1::Delivery& delivery) {
  v1::Attempt& attempt = *delivery.add_attempts();
  attempt.ParseFromString(std::string(BlobColumn(row, 0)));
  attempt.set_id_event(delivery.id_event());
}

void InsertDelivery(Connection& connection, const Uuid& id,
                    absl::string_view project, const std::string& webhook,
                    std::int64_t event_seq, absl::Time now,
                    absl::Time deliver_at) {
  const DeliveryProgress progress = NewDelivery(now, deliver_at);
  Statement insert = connection.Prepared(
      "INSERT INTO deliveries (id, project_id, webhook_id, event_seq, state,"
      " queue_at, place, kept_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 2 * ?4,"
      " ?7)");
  BindBlob(insert, 1, id);
  BindUuid(insert, 2, project);
  BindBytes(insert, 3, webhook);
  insert.Bind(4, event_seq);
  insert.Bind(5, static_cast<int>(progress.state));
  BindTime(insert, 6, progress.queue_at);
  BindTime(insert, 7, progress.kept_from);
  insert.Execute();
}

absl::StatusOr<v1::Delivery> SelectDelivery(Connection& connection,
                                            const Leases& leases,
                                            absl::string_view project,
                                            absl::string_view id) {
  using Found = absl::StatusOr<v1::Delivery>;
  return connection.Guarded("select delivery", [&]() -> Found {
    const std::string bytes = UuidBytes(id);
    auto delivery = SelectDeliveryRow(connection, leases, bytes);
    if (!delivery || UuidBytes(delivery->id_project()) != UuidBytes(project)) {
      return DeliveryNotFound(id);
    }
    AddAttempts(connection, bytes, *delivery);
    return *std::move(delivery);
  });
}

void AddChange(Connection& connection, const std::string& id,
               DeliveryChange::Kind kind, Notifications& notifications) {
  Statement row = connection.Prepared(
      "SELECT e.id, d.project_id, d.webhook_id FROM deliveries d"
      " JOIN events e ON e.seq = d.event_seq WHERE d.id = ?");
  BindBytes(row, 1, id);
  if (!row.Step()) return;
  notifications.AddChange({UuidText(id),
                           UuidColumn(row, 0),
                           {UuidColumn(row, 1), UuidColumn(row, 2)},
                           kind});
}

void RestartDelivery(Connection& connection, Leases& leases,
                     const std::string& id, absl::Time now, absl::Time due,
                     Notifications& notifications) {
  static const std::string& sql = *new std::string(
      absl::StrCat("UPDATE deliveries SET state = ?3, queue_at = ?4,"
                   " retry_at = ?1, place = CASE WHEN ",
                   kIsPending,
                   " THEN place ELSE 2 * (SELECT max(seq) FROM events) + 1 END,"
                   " schedule_base = attempts, kept_from = ?1, failure = NULL"
                   " WHERE id = ?2"));
  Statement update = connection.Prepared(sql);
  BindTime(update, 1, due);
  BindBytes(update, 2, id);
  update.Bind(3, static_cast<int>(v1::Delivery::PENDING));
  BindTime(update, 4, due > now ? due : kAtOnce);
  update.Execute();
  leases.RequestRetry(id);
  AddChange(connection, id, DeliveryChange::Kind::kRestarted, notifications);
}

void FailDelivery(Connection& connection, const std::string& id,
                  v1::Delivery::FailureReason reason, absl::Time now,
                  Notifications& notifications) {
  connection.ForgetPrefetched();
  Statement update = connection.Prepared(
      "UPDATE deliveries SET state = ?, failure = ?, kept_from = ?"
      " WHERE id = ?");
  update.Bind(1, static_cast<int>(v1::Delivery::FAILED));
  update.Bind(2, static_cast<int>(reason));
  BindTime(update, 3, now);
  BindBytes(update, 4, id);
  update.Execute();
  AddChange(connection, id,
            reason == v1::Delivery::EXPIRED ? DeliveryChange::Kind::kExpired
                                            : DeliveryChange::Kind::kDamaged,
            notifications);
}

void EndCancelled(Connection& connection, const std::string& id,
                  Notifications& notifications) {
  Statement update =
      connection.Prepared("UPDATE deliveries SET state = ? WHERE id = ?");
  update.Bind(1, static_cast<int>(v1::Delivery::CANCELLED));
  BindBytes(update, 2, id);
  update.Execute();
  AddChange(connection, id, DeliveryChange::Kind::kCancelled, notifications);
}

absl::StatusOr<v1::Delivery> RetryDelivery(Connection& connection,
                                           Leases& leases,
                                           absl::string_view project,
                                           absl::string_view id, absl::Time now,
                                           Notifications& notifications) {
  auto delivery = SelectDelivery(connection, leases, project, id);
  if (!delivery.ok()) return delivery;
  // Its state is CANCELLED if it was cancelled during the attempt.
  if (leases.HasBegun(UuidBytes(id))) return DeliveryInFlight();
  return connection.Guarded(
      "retry delivery", [&]() -> absl::StatusOr<v1::Delivery> {
        if (!HasWebhook(connection, project, delivery->id_webhook_endpoint())) {
          return WebhookRemoved();
        }
        RestartDelivery(connection, leases, UuidBytes(id), now, now,
                        notifications);
        notifications.AddUrgent(EndpointOf(*delivery), now);
        return SelectDelivery(connection, leases, project, id);
      });
}

absl::StatusOr<v1::Delivery> CancelDelivery(Connection& connection,
                                            const Leases& leases,
                                            absl::string_view project,
                                            absl::string_view id,
                                            Notifications& notifications) {
  auto delivery = SelectDelivery(connection, leases, project, id);
  if (!delivery.ok()) return delivery;
  absl::Status can_cancel = CheckCancel(*delivery);
  if (!can_cancel.ok()) return can_cancel;
  return connection.Guarded(
      "cancel delivery", [&]() -> absl::StatusOr<v1::Delivery> {
        if (delivery->state() == v1::Delivery::CANCELLED) return delivery;
        EndCancelled(connection, UuidBytes(id), notifications);
        // Deliveries to an ordered webhook may have waited for it.
        notifications.AddChanged(EndpointOf(*delivery), absl::InfinitePast());
        return SelectDelivery(connection, leases, project, id);
      });
}

}  // namespace webhooks::sql
