#include "storage/sql/rows/waiting_rows.h"

#include "absl/strings/str_cat.h"
#include "storage/delivery_progress.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_states.h"

namespace webhooks::sql {
namespace {

enum WaitingColumn {
  kWaitingIdColumn,
  kQueueAtColumn,
  kRetryAtColumn,
  kAttemptsColumn,
  kScheduleBaseColumn,
  kEventSeqColumn,
  kPublishedAtColumn,
};

constexpr absl::string_view kSelectWaiting =
    "SELECT id, queue_at, retry_at, attempts, schedule_base, event_seq";

constexpr absl::string_view kFromWaiting =
    " FROM deliveries INDEXED BY waiting_deliveries"
    " WHERE event_seq NOT IN (SELECT seq FROM publishing)"
    " AND webhook_id = ?1 AND ";

const std::string& SqlFor(WaitingRows::Order order) {
  static const std::string& at_once = *new std::string(absl::StrCat(
      kSelectWaiting, ", (SELECT created_at FROM events WHERE seq = event_seq)",
      kFromWaiting, kIsPending, " AND queue_at = ?2 ORDER BY place"));
  static const std::string& timed = *new std::string(
      absl::StrCat(kSelectWaiting, kFromWaiting, kIsPending,
                   " AND queue_at > ?2 ORDER BY queue_at, place"));
  return order == WaitingRows::Order::kAtOnce ? at_once : timed;
}

}  // namespace

WaitingRows::WaitingRows(Connection& connection, Order order,
                         absl::string_view webhook, int first)
    : order_(order), row_(connection.Streamed(SqlFor(order), first)) {
  BindUuid(row_, 1, webhook);
  BindTime(row_, 2, kAtOnce);
}

const WaitingDelivery* WaitingRows::Front() {
  if (!front_ && !is_at_end_) {
    is_at_end_ = !row_.Step();
    if (!is_at_end_) front_ = Read();
  }
  return front_ ? &*front_ : nullptr;
}

WaitingDelivery WaitingRows::Read() {
  WaitingDelivery waiting;
  waiting.id = std::string(BlobColumn(row_, kWaitingIdColumn));
  waiting.attempts = row_.Int(kAttemptsColumn);
  waiting.schedule_base = row_.Int(kScheduleBaseColumn);
  waiting.event_seq = row_.Int64(kEventSeqColumn);
  waiting.since = order_ == Order::kAtOnce
                      ? OptionalTimeColumn(row_, kPublishedAtColumn)
                            .value_or(absl::InfiniteFuture())
                      : TimeColumn(row_, kQueueAtColumn);
  waiting.retry_at = OptionalTimeColumn(row_, kRetryAtColumn);
  waiting.due = waiting.retry_at.value_or(waiting.since);
  // Deliveries of an ordered webhook keep their places between attempts.
  const bool waits_for_retry =
      waiting.retry_at && waiting.attempts > waiting.schedule_base;
  if (order_ == Order::kTimed || waits_for_retry) {
    waiting.not_before = waiting.due;
  }
  return waiting;
}

}  // namespace webhooks::sql
