#ifndef WEBHOOKS_STORAGE_SQL_ROWS_DELIVERY_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_DELIVERY_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/delivery_store.h"
#include "storage/leases.h"
#include "storage/notifications.h"
#include "storage/sql/connection.h"
#include "storage/store_observer.h"
#include "storage/uuid.h"

// The statements of DeliveryStore. They change records inside the caller's
// transaction. Functions that return a StatusOr return the status of the call
// that they serve. The others throw the failures of the driver, for use inside
// Connection::Guarded.
namespace webhooks::sql {

// Inserts a delivery of an event that is published at `now`, due at
// `deliver_at`. `webhook` is the 16 bytes of its id.
void InsertDelivery(Connection& connection, const Uuid& id,
                    absl::string_view project, const std::string& webhook,
                    std::int64_t event_seq, absl::Time now,
                    absl::Time deliver_at);

// Adds the first deliveries of the event in the row `event_seq` to `event`.
void AddEventDeliveries(Connection& connection, const Leases& leases,
                        std::int64_t event_seq, v1::Event& event);

// Adds the attempt in column 0 of `row` to the delivery.
void AddAttempt(Statement& row, v1::Delivery& delivery);

// Selects the delivery with the 16 bytes `id`, without attempts.
std::optional<v1::Delivery> SelectDeliveryRow(Connection& connection,
                                              const Leases& leases,
                                              absl::string_view id);

absl::StatusOr<v1::Delivery> SelectDelivery(Connection& connection,
                                            const Leases& leases,
                                            absl::string_view project,
                                            absl::string_view id);

absl::StatusOr<Page<v1::Delivery>> SelectDeliveries(
    Connection& connection, const Leases& leases, absl::string_view project,
    const DeliveryFilter& filter, const PageStart<v1::Delivery>& start);

// Makes the delivery with the 16 bytes `id` due at `due`, and restarts its
// schedule. If an attempt is leased, another attempt follows its failure.
void RestartDelivery(Connection& connection, Leases& leases,
                     const std::string& id, absl::Time now, absl::Time due,
                     Notifications& notifications);

// Ends a pending delivery as FAILED, with the reason EXPIRED or EVENT_DAMAGED.
void FailDelivery(Connection& connection, const std::string& id,
                  v1::Delivery::FailureReason reason, absl::Time now,
                  Notifications& notifications);

// Ends the delivery with the 16 bytes `id` as CANCELLED.
void EndCancelled(Connection& connection, const std::string& id,
                  Notifications& notifications);

// Adds the change of the delivery with the 16 bytes `id`, unless its event is
// not published yet.
void AddChange(Connection& connection, const std::string& id,
               DeliveryChange::Kind kind, Notifications& notifications);

absl::StatusOr<v1::Delivery> RetryDelivery(Connection& connection,
                                           Leases& leases,
                                           absl::string_view project,
                                           absl::string_view id, absl::Time now,
                                           Notifications& notifications);

absl::StatusOr<v1::Delivery> CancelDelivery(Connection& connection,
                                            const Leases& leases,
                                            absl::string_view project,
                                            absl::string_view id,
                                            Notifications& notifications);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_DELIVERY_ROWS_H_
