#include "storage/sqlite/rows/delivery_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/errors.h"
#include "storage/sqlite/engine/columns.h"

namespace webhooks::sqlite {
namespace {

using State = v1::Delivery;

void AddAttempt(Statement& row, v1::Delivery& delivery) {
  delivery.add_attempts()->ParseFromString(std::string(BlobColumn(row, 0)));
}

// The newest, as far as kMaxShownBytes goes, the oldest first.
void AddAttempts(Connection& connection, absl::string_view id,
                 v1::Delivery& delivery) {
  Statement row = connection.Prepared(
      "SELECT attempt FROM attempts WHERE delivery_id = ?"
      " ORDER BY number DESC");
  BindBytes(row, 1, id);
  std::size_t bytes = 0;
  while (row->executeStep()) {
    bytes += BlobColumn(row, 0).size();
    if (bytes > DeliveryStore::kMaxShownBytes) break;
    AddAttempt(row, delivery);
  }
  std::reverse(delivery.mutable_attempts()->begin(),
               delivery.mutable_attempts()->end());
}

// Returns OK if the delivery still waits and can change, else the error of
// CancelDelivery.
absl::Status CheckWaits(const v1::Delivery& delivery) {
  const bool has_ended =
      delivery.state() == State::DELIVERED || delivery.state() == State::FAILED;
  return has_ended ? DeliveryEnded() : absl::OkStatus();
}

Endpoint EndpointOf(const v1::Delivery& delivery) {
  return {delivery.id_project(), delivery.id_webhook_endpoint()};
}

bool HasWebhook(Connection& connection, const v1::Delivery& delivery) {
  Statement row = connection.Prepared(
      "SELECT 1 FROM webhooks WHERE project_id = ? AND id = ?");
  BindUuid(row, 1, delivery.id_project());
  BindUuid(row, 2, delivery.id_webhook_endpoint());
  return row->executeStep();
}

}  // namespace

void InsertDelivery(Connection& connection, const Uuid& id,
                    absl::string_view project, const std::string& webhook,
                    std::int64_t event_seq, absl::Time now,
                    absl::Time deliver_at) {
  const bool is_deferred = deliver_at > now;
  Statement insert = connection.Prepared(
      "INSERT INTO deliveries (id, project_id, webhook_id, event_seq, state,"
      " queue_at, place, kept_from) VALUES (?1, ?2, ?3, ?4, 1, ?5, 2 * ?4,"
      " ?6)");
  BindBlob(insert, 1, id);
  BindUuid(insert, 2, project);
  BindBytes(insert, 3, webhook);
  insert->bind(4, event_seq);
  insert->bind(5, is_deferred ? absl::ToUnixMillis(deliver_at) : kAtOnce);
  BindTime(insert, 6, std::max(now, deliver_at));
  insert->exec();
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

void MakeDueAnew(Connection& connection, Leases& leases, const std::string& id,
                 absl::Time now) {
  Statement update = connection.Prepared(
      "UPDATE deliveries SET state = 1, queue_at = 0, retry_at = ?1,"
      " place = CASE state WHEN 1 THEN place"
      "   ELSE 2 * (SELECT max(seq) FROM events) + 1 END,"
      " schedule_base = attempts, kept_from = ?1, failure = NULL"
      " WHERE id = ?2");
  BindTime(update, 1, now);
  BindBytes(update, 2, id);
  update->exec();
  leases.GoOnAfter(id);
}

void FailDelivery(Connection& connection, const std::string& id,
                  v1::Delivery::FailureReason reason, absl::Time now) {
  Statement update = connection.Prepared(
      "UPDATE deliveries SET state = 4, failure = ?, kept_from = ?"
      " WHERE id = ?");
  update->bind(1, static_cast<int>(reason));
  BindTime(update, 2, now);
  BindBytes(update, 3, id);
  update->exec();
}

absl::StatusOr<v1::Delivery> RetryDelivery(Connection& connection,
                                           Leases& leases,
                                           absl::string_view project,
                                           absl::string_view id, absl::Time now,
                                           DueNotes& notes) {
  auto delivery = SelectDelivery(connection, leases, project, id);
  if (!delivery.ok()) return delivery;
  // It may have been cancelled since.
  if (leases.HasBegun(UuidBytes(id))) return DeliveryInFlight();
  return connection.Guarded(
      "retry delivery", [&]() -> absl::StatusOr<v1::Delivery> {
        if (!HasWebhook(connection, *delivery)) return WebhookRemoved();
        MakeDueAnew(connection, leases, UuidBytes(id), now);
        notes.AddUrgent(EndpointOf(*delivery), now);
        return SelectDelivery(connection, leases, project, id);
      });
}

absl::StatusOr<v1::Delivery> CancelDelivery(Connection& connection,
                                            const Leases& leases,
                                            absl::string_view project,
                                            absl::string_view id,
                                            DueNotes& notes) {
  auto delivery = SelectDelivery(connection, leases, project, id);
  if (!delivery.ok()) return delivery;
  absl::Status waits = CheckWaits(*delivery);
  if (!waits.ok()) return waits;
  return connection.Guarded(
      "cancel delivery", [&]() -> absl::StatusOr<v1::Delivery> {
        Statement update =
            connection.Prepared("UPDATE deliveries SET state = 6 WHERE id = ?");
        BindUuid(update, 1, id);
        update->exec();
        // Others may have waited for it.
        notes.AddChanged(EndpointOf(*delivery), absl::InfinitePast());
        return SelectDelivery(connection, leases, project, id);
      });
}

}  // namespace webhooks::sqlite
