#include "storage/sqlite/rows/event_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/json/compact_json.h"
#include "proto/json/utf8.h"
#include "proto/time.h"
#include "storage/derived_id.h"
#include "storage/errors.h"
#include "storage/page_builder.h"
#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/delivery_rows.h"
#include "storage/sqlite/rows/subscription_rows.h"

namespace webhooks::sqlite {
namespace {

// The columns of ReadEvent, by their places.
constexpr absl::string_view kEventColumns =
    "seq, id, type, created_at, deliver_at, matched_webhooks, data, project_id,"
    " traceparent, tracestate";
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

v1::Event ReadEvent(Statement& row) {
  v1::Event event;
  event.set_id_project(UuidColumn(row, kEventProjectColumn));
  event.set_id_event(UuidColumn(row, kEventIdColumn));
  event.set_type(TextColumn(row, kTypeColumn));
  if (!row->isColumnNull(kDataColumn)) {
    event.set_data(TextColumn(row, kDataColumn));
  }
  *event.mutable_created_at() = TimestampColumn(row, kEventCreatedAtColumn);
  if (!row->isColumnNull(kDeliverAtColumn)) {
    *event.mutable_deliver_at() = TimestampColumn(row, kDeliverAtColumn);
  }
  event.set_matched_webhooks(row->getColumn(kMatchedColumn).getInt());
  return event;
}

// Publishers may nest no deeper.
constexpr int kMaxDepth = 64;

// False: the row was damaged. It is neither shown nor delivered.
bool IsWhole(const v1::Event& event) {
  return !event.type().empty() && IsValidUtf8(event.type()) &&
         (!event.has_data() || CompactJson(event.data(), kMaxDepth));
}

absl::Status Damaged(const Connection& connection, std::int64_t seq) {
  return connection.Damaged("read event", absl::StrCat("row ", seq));
}

// Returns true if a second event with the same id is the first one again.
bool IsSame(const v1::Event& first, const v1::Event& second) {
  return first.type() == second.type() &&
         first.has_data() == second.has_data() &&
         first.data() == second.data() &&
         first.has_deliver_at() == second.has_deliver_at() &&
         FromTimestamp(first.deliver_at()) ==
             FromTimestamp(second.deliver_at());
}

// Returns the event that the project has under the id of `event` already.
std::optional<v1::Event> SelectSameId(Connection& connection,
                                      const v1::Event& event) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kEventColumns,
                   " FROM events WHERE project_id = ? AND id = ?"));
  Statement row = connection.Prepared(sql);
  BindUuid(row, 1, event.id_project());
  BindUuid(row, 2, event.id_event());
  if (!row->executeStep()) return std::nullopt;
  return ReadEvent(row);
}

// A new seq, as SQL: behind those of all events, also of those to come.
constexpr absl::string_view kNextSeq =
    "(SELECT 1 + max(ifnull((SELECT max(seq) FROM events), 0),"
    " ifnull((SELECT max(seq) FROM publishing), 0)))";

// `seq`: 0 is for a new one. The one that it has.
std::int64_t InsertRow(Connection& connection, const v1::Event& event,
                       const TraceHeaders& trace, std::size_t matched,
                       std::int64_t seq) {
  static const std::string& sql = *new std::string(absl::StrCat(
      "INSERT INTO events (project_id, id, type, created_at, deliver_at,"
      " matched_webhooks, data, traceparent, tracestate, seq)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ifnull(?, ",
      kNextSeq, "))"));
  Statement insert = connection.Prepared(sql);
  BindUuid(insert, 1, event.id_project());
  BindUuid(insert, 2, event.id_event());
  BindText(insert, 3, event.type());
  BindTime(insert, 4, event.created_at());
  if (event.has_deliver_at()) BindTime(insert, 5, event.deliver_at());
  insert->bind(6, static_cast<std::int64_t>(matched));
  if (event.has_data()) BindText(insert, 7, event.data());
  if (!trace.traceparent.empty()) BindText(insert, 8, trace.traceparent);
  if (!trace.tracestate.empty()) BindText(insert, 9, trace.tracestate);
  if (seq != 0) insert->bind(10, seq);
  insert->exec();
  return sqlite3_last_insert_rowid(connection.handle());
}

absl::Time DeliverAt(const v1::Event& event) {
  return FromTimestamp(event.has_deliver_at() ? event.deliver_at()
                                              : event.created_at());
}

void InsertDeliveryOf(Connection& connection, const v1::Event& event,
                      std::int64_t seq, const std::string& webhook) {
  InsertDelivery(connection, DeliveryId(event, webhook), event.id_project(),
                 webhook, seq, FromTimestamp(event.created_at()),
                 DeliverAt(event));
}

// Returns the number of deliveries of the event in the row `seq`.
std::size_t CountDeliveries(Connection& connection, std::int64_t seq) {
  Statement row = connection.Prepared(
      "SELECT count(*) FROM deliveries INDEXED BY deliveries_by_event"
      " WHERE event_seq = ?");
  row->bind(1, seq);
  row->executeStep();
  return static_cast<std::size_t>(row->getColumn(0).getInt64());
}

EventPosition PositionIn(Statement& row) {
  return {TimeColumn(row, kEventCreatedAtColumn),
          row->getColumn(kSeqColumn).getInt64()};
}

}  // namespace

absl::Status CheckProject(Connection& connection, absl::string_view id) {
  return connection.Guarded("look for project", [&]() -> absl::Status {
    Statement row = connection.Prepared(
        "SELECT 1 FROM projects WHERE id = ? AND deleted_at IS NULL");
    BindUuid(row, 1, id);
    return row->executeStep() ? absl::OkStatus() : ProjectNotFound(id);
  });
}

absl::StatusOr<v1::PublishEventResponse> InsertEvent(
    Connection& connection, const v1::Event& event, const TraceHeaders& trace,
    DueNotes& notes, const std::vector<std::string>* listeners,
    std::int64_t seq) {
  using Response = v1::PublishEventResponse;
  return connection.Guarded("insert event", [&]() -> absl::StatusOr<Response> {
    Response response;
    if (const auto first = SelectSameId(connection, event)) {
      if (!IsSame(*first, event)) return EventIdReused();
      response.set_id_event(first->id_event());
      response.set_matched_webhooks(first->matched_webhooks());
      return response;
    }
    const std::vector<std::string> webhooks =
        listeners == nullptr
            ? SelectListeners(connection, event.id_project(), event.type())
            : *listeners;
    const bool is_ahead = seq != 0;
    const std::size_t matched =
        is_ahead ? CountDeliveries(connection, seq) : webhooks.size();
    seq = InsertRow(connection, event, trace, matched, seq);
    if (is_ahead) DeletePublishingSeq(connection, seq);
    const absl::Time due =
        std::max(FromTimestamp(event.created_at()), DeliverAt(event));
    for (const std::string& webhook : webhooks) {
      if (!is_ahead) InsertDeliveryOf(connection, event, seq, webhook);
      notes.Add({event.id_project(), UuidText(webhook)}, due);
    }
    response.set_id_event(event.id_event());
    response.set_matched_webhooks(static_cast<int>(matched));
    return response;
  });
}

Uuid DeliveryId(const v1::Event& event, absl::string_view webhook) {
  return MakeDerivedId(FromTimestamp(event.created_at()),
                       UuidBytes(event.id_event()), webhook);
}

absl::StatusOr<bool> HasEvent(Connection& connection, const v1::Event& event) {
  return connection.Guarded("look for event", [&]() -> absl::StatusOr<bool> {
    return SelectSameId(connection, event).has_value();
  });
}

std::int64_t InsertPublishingSeq(Connection& connection) {
  static const std::string& sql = *new std::string(
      absl::StrCat("INSERT INTO publishing (seq) VALUES (", kNextSeq, ")"));
  connection.Prepared(sql)->exec();
  return sqlite3_last_insert_rowid(connection.handle());
}

void DeletePublishingSeq(Connection& connection, std::int64_t seq) {
  Statement erase = connection.Prepared("DELETE FROM publishing WHERE seq = ?");
  erase->bind(1, seq);
  erase->exec();
}

void InsertDeliveryAhead(Connection& connection, const v1::Event& event,
                         std::int64_t seq, const std::string& webhook) {
  {
    Statement row = connection.Prepared(
        "SELECT 1 FROM webhooks WHERE project_id = ? AND id = ?");
    BindUuid(row, 1, event.id_project());
    BindBytes(row, 2, webhook);
    if (!row->executeStep()) return;
  }
  InsertDeliveryOf(connection, event, seq, webhook);
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
    if (!row->executeStep()) return EventNotFound(id);
    v1::Event event = ReadEvent(row);
    const std::int64_t seq = row->getColumn(kSeqColumn).getInt64();
    if (!IsWhole(event)) return Damaged(connection, seq);
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
  // One bound, which the index is entered at: of two, SQLite takes the first
  // and steps over every newer event.
  const EventPosition after = std::min(start.after.value_or(EventPosition()),
                                       {filter.published.end, INT64_MIN});
  return connection.Guarded(
      "select events", [&]() -> absl::StatusOr<Page<v1::Event>> {
        Statement row = connection.Prepared(sql);
        BindUuid(row, 1, project);
        BindTime(row, 2, after.created_at);
        row->bind(3, after.seq);
        BindTime(row, 4, filter.published.start);
        PageBuilder<v1::Event> page(start);
        while (row->executeStep() && page.MoveTo(PositionIn(row))) {
          if (filter.type && TextView(row, kTypeColumn) != *filter.type) {
            continue;
          }
          v1::Event event = ReadEvent(row);
          const std::int64_t seq = row->getColumn(kSeqColumn).getInt64();
          if (!IsWhole(event)) {
            Damaged(connection, seq).IgnoreError();
            continue;
          }
          AddEventDeliveries(connection, leases, seq, event);
          page.Add(std::move(event));
        }
        return std::move(page).Take();
      });
}

absl::StatusOr<v1::Event> SelectEventBody(Connection& connection,
                                          std::int64_t seq,
                                          TraceHeaders& trace) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kEventColumns, " FROM events WHERE seq = ?"));
  Statement row = connection.Prepared(sql);
  row->bind(1, seq);
  if (!row->executeStep()) return Damaged(connection, seq);
  if (!row->isColumnNull(kTraceparentColumn)) {
    trace.traceparent = TextColumn(row, kTraceparentColumn);
  }
  if (!row->isColumnNull(kTracestateColumn)) {
    trace.tracestate = TextColumn(row, kTracestateColumn);
  }
  v1::Event event = ReadEvent(row);
  if (!IsWhole(event)) return Damaged(connection, seq);
  return event;
}

absl::Time SelectPublication(Connection& connection, std::int64_t seq) {
  Statement row =
      connection.Prepared("SELECT created_at FROM events WHERE seq = ?");
  row->bind(1, seq);
  if (!row->executeStep()) return absl::InfiniteFuture();
  return TimeColumn(row, 0);
}

}  // namespace webhooks::sqlite
