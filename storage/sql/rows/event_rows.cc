#include "storage/sql/rows/event_rows.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "storage/errors.h"
#include "storage/publishing.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_rows.h"
#include "storage/sql/rows/event_reader.h"
#include "storage/sql/rows/webhook_reader.h"

namespace webhooks::sql {
namespace {

Statement SameIdRow(Connection& connection, const v1::Event& event) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kEventColumns,
                   " FROM events WHERE project_id = ? AND id = ?"));
  Statement row = connection.Prepared(sql);
  BindUuid(row, 1, event.id_project());
  BindUuid(row, 2, event.id_event());
  return row;
}

// Returns the stored event of the project that has the same id.
std::optional<v1::Event> SelectSameId(Connection& connection,
                                      const v1::Event& event) {
  Statement row = SameIdRow(connection, event);
  if (!row.Step()) return std::nullopt;
  return ReadEvent(row);
}

void InsertRow(Connection& connection, const v1::Event& event,
               const TraceHeaders& trace, std::size_t matched,
               std::int64_t seq) {
  Statement insert = connection.Prepared(
      "INSERT INTO events (project_id, id, type, created_at, deliver_at,"
      " matched_webhooks, data, traceparent, tracestate, seq)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  BindUuid(insert, 1, event.id_project());
  BindUuid(insert, 2, event.id_event());
  BindText(insert, 3, event.type());
  BindTime(insert, 4, event.created_at());
  if (event.has_deliver_at()) BindTime(insert, 5, event.deliver_at());
  insert.Bind(6, static_cast<std::int64_t>(matched));
  if (event.has_data()) BindText(insert, 7, event.data());
  if (!trace.traceparent.empty()) BindText(insert, 8, trace.traceparent);
  if (!trace.tracestate.empty()) BindText(insert, 9, trace.tracestate);
  insert.Bind(10, seq);
  insert.Execute();
}

// Returns the number of deliveries of the event in the row `seq`.
std::size_t CountDeliveries(Connection& connection, std::int64_t seq) {
  Statement row = connection.Prepared(
      "SELECT count(*) FROM deliveries INDEXED BY deliveries_by_event"
      " WHERE event_seq = ?");
  row.Bind(1, seq);
  row.Step();
  return static_cast<std::size_t>(row.Int64(0));
}

Statement ProjectRow(Connection& connection, absl::string_view id) {
  Statement row = connection.Prepared(
      "SELECT 1 FROM projects WHERE id = ? AND deleted_at IS NULL");
  BindUuid(row, 1, id);
  return row;
}

// Inserts an event that is not stored; see InsertEvent.
v1::PublishEventResponse Insert(Connection& connection, const v1::Event& event,
                                const TraceHeaders& trace,
                                Notifications& notifications,
                                const std::vector<Listener>& listeners,
                                std::int64_t seq) {
  const bool is_ahead = seq != 0;
  const std::size_t matched =
      is_ahead ? CountDeliveries(connection, seq) : listeners.size();
  if (!is_ahead) seq = connection.NextEventSeq();
  InsertRow(connection, event, trace, matched, seq);
  if (is_ahead) DeletePublishingSeq(connection, seq);
  const absl::Time due = FirstDue(event);
  for (const Listener& listener : listeners) {
    const Endpoint endpoint{event.id_project(), UuidText(listener.webhook)};
    notifications.AddDue(endpoint, due);
    if (is_ahead) continue;
    const Uuid id = DeliveryId(event, listener.webhook);
    InsertDelivery(connection, id, event.id_project(), listener.webhook, seq,
                   FromTimestamp(event.created_at()), DeliverAt(event));
    if (listener.is_held) {
      notifications.AddChange({FormatUuid(id), event.id_event(), endpoint,
                               DeliveryChange::Kind::kHeld});
    }
  }
  v1::PublishEventResponse response;
  response.set_id_event(event.id_event());
  response.set_matched_webhooks(static_cast<int>(matched));
  notifications.AddPublished({event.id_event(), event.id_project(),
                              event.type(), response.matched_webhooks(),
                              trace});
  return response;
}

}  // namespace

absl::Status CheckProject(Connection& connection, absl::string_view id) {
  return connection.Guarded("look for project", [&]() -> absl::Status {
    Statement row = ProjectRow(connection, id);
    return row.Step() ? absl::OkStatus() : ProjectNotFound(id);
  });
}

void PrefetchProject(Connection& connection, absl::string_view id) {
  ProjectRow(connection, id).Prefetch();
}

absl::StatusOr<v1::PublishEventResponse> InsertEvent(
    Connection& connection, const v1::Event& event, const TraceHeaders& trace,
    Notifications& notifications, const std::vector<Listener>& listeners,
    std::int64_t seq) {
  using Response = v1::PublishEventResponse;
  return connection.Guarded("insert event", [&]() -> absl::StatusOr<Response> {
    const auto first = SelectSameId(connection, event);
    if (!first) {
      return Insert(connection, event, trace, notifications, listeners, seq);
    }
    if (!IsRepeat(event, *first)) return EventIdReused();
    Response response;
    response.set_id_event(first->id_event());
    response.set_matched_webhooks(first->matched_webhooks());
    return response;
  });
}

absl::StatusOr<v1::PublishEventResponse> InsertNewEvent(
    Connection& connection, const v1::Event& event, const TraceHeaders& trace,
    Notifications& notifications, const std::vector<Listener>& listeners) {
  using Response = v1::PublishEventResponse;
  return connection.Guarded("insert event", [&]() -> absl::StatusOr<Response> {
    return Insert(connection, event, trace, notifications, listeners,
                  /*seq=*/0);
  });
}

void PrefetchEvent(Connection& connection, const v1::Event& event) {
  SameIdRow(connection, event).Prefetch();
}

absl::StatusOr<bool> HasEvent(Connection& connection, const v1::Event& event) {
  return connection.Guarded("look for event", [&]() -> absl::StatusOr<bool> {
    return SelectSameId(connection, event).has_value();
  });
}

std::int64_t InsertPublishingSeq(Connection& connection) {
  const std::int64_t seq = connection.NextEventSeq();
  Statement insert =
      connection.Prepared("INSERT INTO publishing (seq) VALUES (?)");
  insert.Bind(1, seq);
  insert.Execute();
  return seq;
}

void DeletePublishingSeq(Connection& connection, std::int64_t seq) {
  Statement erase = connection.Prepared("DELETE FROM publishing WHERE seq = ?");
  erase.Bind(1, seq);
  erase.Execute();
}

void InsertDeliveryAhead(Connection& connection, const v1::Event& event,
                         std::int64_t seq, const std::string& webhook) {
  if (!HasWebhook(connection, event.id_project(), UuidText(webhook))) return;
  InsertDelivery(connection, DeliveryId(event, webhook), event.id_project(),
                 webhook, seq, FromTimestamp(event.created_at()),
                 DeliverAt(event));
}

}  // namespace webhooks::sql
