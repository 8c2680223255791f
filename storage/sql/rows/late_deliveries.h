#ifndef WEBHOOKS_STORAGE_SQL_ROWS_LATE_DELIVERIES_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_LATE_DELIVERIES_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/leases.h"
#include "storage/notifications.h"
#include "storage/sql/connection.h"
#include "storage/uuid.h"
#include "webhooks/v1/delivery.pb.h"

// Deliveries that are made after the publication of their event, inside the
// caller's transaction.
namespace webhooks::sql {

// Implements DeliveryStore::DeliverEvent.
absl::StatusOr<v1::Delivery> DeliverEvent(
    Connection& connection, const Leases& leases, absl::string_view project,
    absl::string_view event, absl::string_view webhook, absl::Time now,
    Notifications& notifications);

// Inserts the delivery `id` of the event in the row `event_seq`, due at `due`
// and behind those that wait for the webhook. Throws the failures of the
// driver; for use inside Connection::Guarded.
void InsertLateDelivery(Connection& connection, const Uuid& id,
                        absl::string_view project, absl::string_view webhook,
                        std::int64_t event_seq, absl::Time now, absl::Time due,
                        Notifications& notifications);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_LATE_DELIVERIES_H_
