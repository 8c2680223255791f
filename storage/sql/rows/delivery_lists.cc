#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/delivery_progress.h"
#include "storage/page_builder.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_rows.h"
#include "storage/sql/rows/delivery_states.h"
#include "storage/sql/rows/project_rows.h"

// The lists of deliveries, which delivery_rows.h declares.
namespace webhooks::sql {
namespace {

constexpr absl::string_view kSelect =
    "SELECT d.id, d.project_id, d.webhook_id, d.state, d.queue_at, d.retry_at,"
    " d.attempts, e.id, e.type, e.created_at, w.active, w.url IS NOT NULL,"
    " d.failure"
    " FROM deliveries d JOIN events e ON e.seq = d.event_seq"
    " LEFT JOIN webhooks w ON w.project_id = d.project_id"
    " AND w.id = d.webhook_id ";

// The columns of kSelect.
enum Column {
  kId,
  kProject,
  kWebhook,
  kState,
  kQueueAt,
  kRetryAt,
  kAttempts,
  kEvent,
  kEventType,
  kCreatedAt,
  kActive,
  kHasUrl,
  kFailure,
};

v1::Delivery::State StateOf(Statement& row, const Leases& leases) {
  std::optional<bool> can_receive;
  if (!row.IsNull(kActive)) {
    can_receive = row.Int(kActive) != 0 && row.Int(kHasUrl) != 0;
  }
  const auto state = static_cast<v1::Delivery::State>(row.Int(kState));
  const bool is_in_flight =
      state == v1::Delivery::PENDING && leases.HasBegun(BlobColumn(row, kId));
  return ShownState(state, is_in_flight, can_receive);
}

// Returns when the next attempt of a pending delivery is due.
google::protobuf::Timestamp NextAttempt(Statement& row) {
  if (!row.IsNull(kRetryAt)) return TimestampColumn(row, kRetryAt);
  const bool is_due_at_once = TimeColumn(row, kQueueAt) == kAtOnce;
  return TimestampColumn(row, is_due_at_once ? kCreatedAt : kQueueAt);
}

v1::Delivery::FailureReason FailureOf(Statement& row) {
  if (row.IsNull(kFailure)) return v1::Delivery::SCHEDULE_ENDED;
  return static_cast<v1::Delivery::FailureReason>(row.Int(kFailure));
}

v1::Delivery ReadDelivery(Statement& row, const Leases& leases) {
  v1::Delivery delivery;
  delivery.set_id_delivery(UuidColumn(row, kId));
  delivery.set_id_event(UuidColumn(row, kEvent));
  delivery.set_id_webhook_endpoint(UuidColumn(row, kWebhook));
  delivery.set_id_project(UuidColumn(row, kProject));
  delivery.set_event_type(TextColumn(row, kEventType));
  delivery.set_state(StateOf(row, leases));
  *delivery.mutable_created_at() = TimestampColumn(row, kCreatedAt);
  delivery.set_attempt_count(row.Int(kAttempts));
  if (delivery.state() == v1::Delivery::PENDING) {
    *delivery.mutable_next_attempt_at() = NextAttempt(row);
  } else if (delivery.state() == v1::Delivery::FAILED) {
    delivery.set_failure_reason(FailureOf(row));
  }
  return delivery;
}

void AddLatestAttempt(Connection& connection, absl::string_view id,
                      v1::Delivery& delivery) {
  if (delivery.attempt_count() == 0) return;
  Statement row = connection.Prepared(
      "SELECT attempt FROM attempts WHERE delivery_id = ?"
      " ORDER BY number DESC LIMIT 1");
  BindBytes(row, 1, id);
  if (row.Step()) AddAttempt(row, delivery);
}

// Adds rows to the page, in descending order of their ids, until it is
// complete.
void AddRows(Connection& connection, const Leases& leases, Statement& row,
             const DeliveryFilter& filter, PageBuilder<v1::Delivery>& page) {
  while (row.Step() && page.MoveTo(IdColumn(row, kId))) {
    v1::Delivery delivery = ReadDelivery(row, leases);
    if (!Matches(delivery, filter)) continue;
    AddLatestAttempt(connection, BlobColumn(row, kId), delivery);
    page.Add(std::move(delivery));
  }
}

}  // namespace

std::optional<v1::Delivery> SelectDeliveryRow(Connection& connection,
                                              const Leases& leases,
                                              absl::string_view id) {
  static const std::string& sql = *new std::string(
      absl::StrCat(kSelect,
                   "WHERE d.id = ? AND NOT EXISTS (SELECT 1 FROM"
                   " projects WHERE id = d.project_id"
                   " AND deleted_at IS NOT NULL)"));
  Statement row = connection.Prepared(sql);
  BindBytes(row, 1, id);
  if (!row.Step()) return std::nullopt;
  return ReadDelivery(row, leases);
}

void AddEventDeliveries(Connection& connection, const Leases& leases,
                        std::int64_t event_seq, v1::Event& event) {
  static const std::string& sql = *new std::string(
      absl::StrCat(kSelect, "WHERE d.event_seq = ? ORDER BY d.id LIMIT ?"));
  Statement row = connection.Prepared(sql);
  row.Bind(1, event_seq);
  row.Bind(2, EventStore::kShownDeliveries);
  while (row.Step()) {
    v1::EventDelivery& shown = *event.add_deliveries();
    shown.set_id_delivery(UuidColumn(row, kId));
    shown.set_id_webhook_endpoint(UuidColumn(row, kWebhook));
    shown.set_state(StateOf(row, leases));
  }
}

absl::StatusOr<Page<v1::Delivery>> SelectDeliveries(
    Connection& connection, const Leases& leases, absl::string_view project,
    const DeliveryFilter& filter, const PageStart<v1::Delivery>& start) {
  static const std::string& of_project = *new std::string(
      absl::StrCat(kSelect,
                   "WHERE d.project_id = ?1 AND d.id >= ?2 AND d.id < ?3"
                   " ORDER BY d.id DESC"));
  static const std::string& of_webhook = *new std::string(absl::StrCat(
      kSelect,
      "WHERE d.webhook_id = ?4 AND d.project_id = ?1 AND d.id >= ?2"
      " AND d.id < ?3 ORDER BY d.id DESC"));
  static const std::string& of_event = *new std::string(absl::StrCat(
      kSelect,
      "WHERE d.event_seq = (SELECT seq FROM events WHERE project_id = ?1"
      " AND id = ?4) AND d.id >= ?2 AND d.id < ?3 ORDER BY d.id DESC"));
  static const std::string& failed_of_project = *new std::string(
      absl::StrCat(kSelect, "WHERE d.project_id = ?1 AND d.", kIsFailed,
                   " AND d.id >= ?2 AND d.id < ?3 ORDER BY d.id DESC"));
  const bool only_failed = filter.state == v1::Delivery::FAILED;
  using Deliveries = Page<v1::Delivery>;
  return connection.Guarded(
      "select deliveries", [&]() -> absl::StatusOr<Deliveries> {
        PageBuilder<v1::Delivery> page(start);
        const std::string first = LowestIdAt(filter.published.start);
        const std::string end = std::min(
            start.after ? std::string(start.after->begin(), start.after->end())
                        : LowestIdAt(absl::InfiniteFuture()),
            LowestIdAt(filter.published.end));
        if (IsProjectDeleted(connection, project))
          return std::move(page).Take();
        Statement row = connection.Streamed(filter.event     ? of_event
                                            : only_failed    ? failed_of_project
                                            : filter.webhook ? of_webhook
                                                             : of_project);
        BindUuid(row, 1, project);
        BindBytes(row, 2, first);
        BindBytes(row, 3, end);
        if (filter.event) {
          BindUuid(row, 4, *filter.event);
        } else if (filter.webhook && !only_failed) {
          BindUuid(row, 4, *filter.webhook);
        }
        AddRows(connection, leases, row, filter, page);
        return std::move(page).Take();
      });
}

}  // namespace webhooks::sql
