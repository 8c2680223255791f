#include "storage/sqlite/rows/event_rows.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "storage/errors.h"
#include "storage/publishing.h"
#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/delivery_rows.h"
#include "storage/sqlite/rows/event_reader.h"
#include "storage/sqlite/rows/subscription_rows.h"
#include "storage/sqlite/rows/webhook_reader.h"

namespace webhooks::sqlite {
namespace {

// Returns the stored event of the project that has the same id.
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

// SQL for a new seq, above those of all events and of all reserved seqs.
constexpr absl::string_view kNextSeq =
    "(SELECT 1 + max(ifnull((SELECT max(seq) FROM events), 0),"
    " ifnull((SELECT max(seq) FROM publishing), 0)))";

// Inserts the event under `seq`, or under a new seq if that is 0. Returns its
// seq.
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

// Adds the deliveries of the event in the row `seq` whose webhooks cannot
// receive.
void AddHeld(Connection& connection, std::int64_t seq,
             Notifications& notifications) {
  Statement row = connection.Prepared(
      "SELECT d.id FROM deliveries d INDEXED BY deliveries_by_event"
      " JOIN webhooks w ON w.project_id = d.project_id AND w.id = d.webhook_id"
      " WHERE d.event_seq = ? AND (w.active = 0 OR w.url IS NULL)");
  row->bind(1, seq);
  while (row->executeStep()) {
    AddChange(connection, std::string(BlobColumn(row, 0)),
              DeliveryChange::Kind::kHeld, notifications);
  }
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
    Notifications& notifications, const std::vector<std::string>* listeners,
    std::int64_t seq) {
  using Response = v1::PublishEventResponse;
  return connection.Guarded("insert event", [&]() -> absl::StatusOr<Response> {
    Response response;
    if (const auto first = SelectSameId(connection, event)) {
      if (!IsRepeat(event, *first)) return EventIdReused();
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
    const absl::Time due = FirstDue(event);
    for (const std::string& webhook : webhooks) {
      if (!is_ahead) InsertDeliveryOf(connection, event, seq, webhook);
      notifications.AddDue({event.id_project(), UuidText(webhook)}, due);
    }
    response.set_id_event(event.id_event());
    response.set_matched_webhooks(static_cast<int>(matched));
    notifications.AddPublished({event.id_event(), event.id_project(),
                                event.type(), response.matched_webhooks(),
                                trace});
    if (!is_ahead) AddHeld(connection, seq, notifications);
    return response;
  });
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
  if (!HasWebhook(connection, event.id_project(), UuidText(webhook))) return;
  InsertDeliveryOf(connection, event, seq, webhook);
}

}  // namespace webhooks::sqlite
