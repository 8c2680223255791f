#include "storage/sqlite/rows/waiting_rows.h"

#include <algorithm>

#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/event_rows.h"

namespace webhooks::sqlite {
namespace {

constexpr absl::string_view kAtOnceRows =
    "SELECT id, queue_at, retry_at, attempts, schedule_base, event_seq"
    " FROM deliveries INDEXED BY waiting_deliveries"
    " WHERE webhook_id = ? AND state = 1 AND queue_at = 0"
    " AND event_seq NOT IN (SELECT seq FROM publishing) ORDER BY place";

constexpr absl::string_view kTimedRows =
    "SELECT id, queue_at, retry_at, attempts, schedule_base, event_seq"
    " FROM deliveries INDEXED BY waiting_deliveries"
    " WHERE webhook_id = ? AND state = 1 AND queue_at > 0"
    " AND event_seq NOT IN (SELECT seq FROM publishing)"
    " ORDER BY queue_at, place";

}  // namespace

WaitingRows::WaitingRows(Connection& connection, Order order,
                         absl::string_view webhook)
    : connection_(connection),
      order_(order),
      row_(connection.Prepared(order == Order::kAtOnce ? kAtOnceRows
                                                       : kTimedRows)) {
  BindUuid(row_, 1, webhook);
}

const Waiting* WaitingRows::Front() {
  if (!front_ && !is_at_end_) {
    is_at_end_ = !row_->executeStep();
    if (!is_at_end_) front_ = Read();
  }
  return front_ ? &*front_ : nullptr;
}

Waiting WaitingRows::Read() {
  Waiting waiting;
  waiting.id = std::string(BlobColumn(row_, 0));
  waiting.attempts = row_->getColumn(3).getInt();
  waiting.schedule_base = row_->getColumn(4).getInt();
  waiting.event_seq = row_->getColumn(5).getInt64();
  waiting.since = order_ == Order::kAtOnce
                      ? SelectPublication(connection_, waiting.event_seq)
                      : TimeColumn(row_, 1);
  const bool has_retry = !row_->isColumnNull(2);
  waiting.due = has_retry ? TimeColumn(row_, 2) : waiting.since;
  // Between the attempts of an ordered webhook, whose places are kept.
  const bool waits_for_retry =
      has_retry && waiting.attempts > waiting.schedule_base;
  if (order_ == Order::kTimed || waits_for_retry) {
    waiting.not_before = waiting.due;
  }
  return waiting;
}

}  // namespace webhooks::sqlite
