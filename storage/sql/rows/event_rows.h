#ifndef WEBHOOKS_STORAGE_SQL_ROWS_EVENT_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_EVENT_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/event_store.h"
#include "storage/notifications.h"
#include "storage/sql/connection.h"
#include "storage/sql/rows/subscription_rows.h"

// Inserts events and their deliveries, inside the caller's transaction.
namespace webhooks::sql {

// Implements EventStore::PublishEvent. `listeners` are the webhooks that get
// the event, in any order. `seq` is not 0 if its deliveries were inserted
// before under that seq (see InsertDeliveryAhead).
absl::StatusOr<v1::PublishEventResponse> InsertEvent(
    Connection& connection, const v1::Event& event, const TraceHeaders& trace,
    Notifications& notifications, const std::vector<Listener>& listeners,
    std::int64_t seq = 0);

// Like InsertEvent, for an event of which the transaction knows that it is not
// stored.
absl::StatusOr<v1::PublishEventResponse> InsertNewEvent(
    Connection& connection, const v1::Event& event, const TraceHeaders& trace,
    Notifications& notifications, const std::vector<Listener>& listeners);

// Request the rows that HasEvent and CheckProject read.
void PrefetchEvent(Connection& connection, const v1::Event& event);
void PrefetchProject(Connection& connection, absl::string_view id);

// Returns true if the project has an event with the same id.
absl::StatusOr<bool> HasEvent(Connection& connection, const v1::Event& event);

// Returns OK if the project exists. NOT_FOUND (PROJECT_NOT_FOUND): it does not
// exist, or was deleted.
absl::Status CheckProject(Connection& connection, absl::string_view id);

// The functions below throw the failures of the driver; for use inside
// Connection::Guarded.

// Reserves a seq for an event whose deliveries are inserted before it (table
// publishing).
std::int64_t InsertPublishingSeq(Connection& connection);
void DeletePublishingSeq(Connection& connection, std::int64_t seq);

// Inserts the delivery of an event that will get the reserved `seq`, to the
// webhook with the 16 bytes `webhook`. Does nothing if the webhook was removed.
void InsertDeliveryAhead(Connection& connection, const v1::Event& event,
                         std::int64_t seq, const std::string& webhook);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_EVENT_ROWS_H_
