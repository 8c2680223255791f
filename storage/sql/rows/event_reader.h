#ifndef WEBHOOKS_STORAGE_SQL_ROWS_EVENT_READER_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_EVENT_READER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/event_store.h"
#include "storage/leases.h"
#include "storage/sql/connection.h"

// Reads events. SelectEvent and SelectEvents return the status of the call that
// they serve; the others throw the failures of the driver, for use inside
// Connection::Guarded.
namespace webhooks::sql {

// The columns that ReadEvent reads.
enum EventColumn {
  kSeqColumn,
  kEventIdColumn,
  kTypeColumn,
  kEventCreatedAtColumn,
  kDeliverAtColumn,
  kMatchedColumn,
  kDataColumn,
  kEventProjectColumn,
  kTraceparentColumn,
  kTracestateColumn,
};
inline constexpr absl::string_view kEventColumns =
    "seq, id, type, created_at, deliver_at, matched_webhooks, data, project_id,"
    " traceparent, tracestate";

// Reads the current row of a statement that selects kEventColumns.
v1::Event ReadEvent(Statement& row);

absl::StatusOr<v1::Event> SelectEvent(Connection& connection,
                                      const Leases& leases,
                                      absl::string_view project,
                                      absl::string_view id);

absl::StatusOr<Page<v1::Event>> SelectEvents(Connection& connection,
                                             const Leases& leases,
                                             absl::string_view project,
                                             const EventFilter& filter,
                                             const PageStart<v1::Event>& start);

// Selects the event in the row `seq` as it is delivered: id, type, data,
// created_at and project; and its trace. DATA_LOSS (RECORD_DAMAGED): it cannot
// be read.
absl::StatusOr<v1::Event> SelectEventBody(Connection& connection,
                                          std::int64_t seq,
                                          TraceHeaders& trace);

// Requests the row for SelectEventBody.
void PrefetchEventBody(Connection& connection, std::int64_t seq);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_EVENT_READER_H_
