#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_DELIVERY_ROWS_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_DELIVERY_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/delivery_store.h"
#include "storage/leases.h"
#include "storage/sqlite/engine/connection.h"
#include "storage/sqlite/rows/due_notes.h"
#include "storage/uuid.h"

// The statements of DeliveryStore. Functions that end with a Status end as the
// call that they serve, and change inside the caller's transaction; the others
// throw what SQLiteCpp throws, for use inside Connection::Guarded.
namespace webhooks::sqlite {

// The column queue_at of a delivery that is due at once, or that keeps its
// place before its webhook's others between attempts: those wait in the order
// of the column place. The others wait in the order of their queue_at, unix
// milliseconds.
inline constexpr std::int64_t kAtOnce = 0;

// A delivery of an event that is published at `now`, due at `deliver_at`.
// `webhook` is the 16 bytes of its id.
void InsertDelivery(Connection& connection, const Uuid& id,
                    absl::string_view project, const std::string& webhook,
                    std::int64_t event_seq, absl::Time now,
                    absl::Time deliver_at);

// Adds the first deliveries of the event in the row `event_seq` to `event`.
void AddEventDeliveries(Connection& connection, const Leases& leases,
                        std::int64_t event_seq, v1::Event& event);

// The delivery with the 16 bytes `id`, without attempts.
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

// Makes the delivery with the 16 bytes `id` due at `now`, with its schedule
// begun anew. An attempt that is leased already does not end it.
void MakeDueAnew(Connection& connection, Leases& leases, const std::string& id,
                 absl::Time now);

// Ends a delivery that waits as FAILED, for `reason`.
void FailDelivery(Connection& connection, const std::string& id,
                  v1::Delivery::FailureReason reason, absl::Time now);

absl::StatusOr<v1::Delivery> RetryDelivery(Connection& connection,
                                           Leases& leases,
                                           absl::string_view project,
                                           absl::string_view id, absl::Time now,
                                           DueNotes& notes);

absl::StatusOr<v1::Delivery> CancelDelivery(Connection& connection,
                                            const Leases& leases,
                                            absl::string_view project,
                                            absl::string_view id,
                                            DueNotes& notes);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_DELIVERY_ROWS_H_
