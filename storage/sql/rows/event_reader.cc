#include "storage/sql/rows/event_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/errors.h"
#include "storage/page_builder.h"
#include "storage/publishing.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_rows.h"

namespace webhooks::sql {
namespace {

absl::Status Damaged(const Connection& connection, std::int64_t seq) {
  return connection.Damaged("read event", absl::StrCat("row ", seq));
}

EventPosition PositionIn(Statement& row) {
  return {TimeColumn(row, kEventCreatedAtColumn), row.Int64(kSeqColumn)};
}

// Adds rows to the page until it is complete. Passes over damaged ones.
void AddRows(Connection& connection, const Leases& leases, Statement& row,
             const EventFilter& filter, PageBuilder<v1::Event>& page) {
  while (row.Step() && page.MoveTo(PositionIn(row))) {
    if (filter.type && TextView(row, kTypeColumn) != *filter.type) continue;
    v1::Event event = ReadEvent(row);
    const std::int64_t seq = row.Int64(kSeqColumn);
    if (!IsIntact(event)) {
      Damaged(connection, seq).IgnoreError();
      continue;
    }
    AddEventDeliveries(connection, leases, seq, event);
    page.Add(std::move(event));
  }
}

Statement BodyRow(Connection& connection, std::int64_t seq) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kEventColumns, " FROM events WHERE seq = ?"));
  Statement row = connection.Prepared(sql);
  row.Bind(1, seq);
  return row;
}

}  // namespace

v1::Event ReadEvent(Statement& row) {
  v1::Event event;
  event.set_id_project(UuidColumn(row, kEventProjectColumn));
  event.set_id_event(UuidColumn(row, kEventIdColumn));
  event.set_type(TextColumn(row, kTypeColumn));
  if (!row.IsNull(kDataColumn)) {
    event.set_data(TextColumn(row, kDataColumn));
  }
  *event.mutable_created_at() = TimestampColumn(row, kEventCreatedAtColumn);
  if (!row.IsNull(kDeliverAtColumn)) {
    *event.mutable_deliver_at() = TimestampColumn(row, kDeliverAtColumn);
  }
  event.set_matched_webhooks(row.Int(kMatchedColumn));
  return event;
}

absl::StatusOr<v1::Event> SelectEvent(Connection& connection,
                                      const Leases& leases,
                                      absl::string_view project,
                                      absl::string_view id) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kEventColumns,
                   " FROM events WHERE project_id = ?1 AND id = ?2 AND"
                   " NOT EXISTS (SELECT 1 FROM projects WHERE id = ?1"
                   " AND deleted_at IS NOT NULL)"));
  return connection.Guarded("select event", [&]() -> absl::StatusOr<v1::Event> {
    Statement row = connection.Prepared(sql);
    BindUuid(row, 1, project);
    BindUuid(row, 2, id);
    if (!row.Step()) return EventNotFound(id);
    v1::Event event = ReadEvent(row);
    const std::int64_t seq = row.Int64(kSeqColumn);
    if (!IsIntact(event)) return Damaged(connection, seq);
    AddEventDeliveries(connection, leases, seq, event);
    return event;
  });
}

absl::StatusOr<Page<v1::Event>> SelectEvents(
    Connection& connection, const Leases& leases, absl::string_view project,
    const EventFilter& filter, const PageStart<v1::Event>& start) {
  static const std::string& sql = *new std::string(absl::StrCat(
      "SELECT ", kEventColumns,
      " FROM events WHERE project_id = ?1 AND (created_at, seq) < (?2, ?3)"
      " AND created_at >= ?4 AND"
      " NOT EXISTS (SELECT 1 FROM projects WHERE id = ?1"
      " AND deleted_at IS NOT NULL) ORDER BY created_at DESC, seq DESC"));
  // One upper bound: of two, SQLite would search the index for the first one
  // and step over every newer event.
  const EventPosition after = std::min(start.after.value_or(EventPosition()),
                                       {filter.published.end, INT64_MIN});
  return connection.Guarded("select events",
                            [&]() -> absl::StatusOr<Page<v1::Event>> {
                              Statement row = connection.Streamed(sql);
                              BindUuid(row, 1, project);
                              BindTime(row, 2, after.created_at);
                              row.Bind(3, after.seq);
                              BindTime(row, 4, filter.published.start);
                              PageBuilder<v1::Event> page(start);
                              AddRows(connection, leases, row, filter, page);
                              return std::move(page).Take();
                            });
}

void PrefetchEventBody(Connection& connection, std::int64_t seq) {
  BodyRow(connection, seq).Prefetch();
}

absl::StatusOr<v1::Event> SelectEventBody(Connection& connection,
                                          std::int64_t seq,
                                          TraceHeaders& trace) {
  Statement row = BodyRow(connection, seq);
  if (!row.Step()) return Damaged(connection, seq);
  if (!row.IsNull(kTraceparentColumn)) {
    trace.traceparent = TextColumn(row, kTraceparentColumn);
  }
  if (!row.IsNull(kTracestateColumn)) {
    trace.tracestate = TextColumn(row, kTracestateColumn);
  }
  v1::Event event = ReadEvent(row);
  if (!IsIntact(event)) return Damaged(connection, seq);
  return event;
}

}  // namespace webhooks::sql
