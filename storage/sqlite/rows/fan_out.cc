#include "storage/sqlite/rows/fan_out.h"

#include <algorithm>
#include <utility>

#include "storage/errors.h"
#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/event_rows.h"
#include "storage/sqlite/rows/subscription_rows.h"

namespace webhooks::sqlite {
namespace {

// The deliveries of one publication in one transaction: some tens of
// milliseconds' worth, since other changes wait for it. Fewer would write the
// same pages more often.
constexpr std::size_t kStepDeliveries = 2000;

// The most unneeded deliveries that one step removes.
constexpr int kDroppedRows = 200;

}  // namespace

absl::StatusOr<bool> FanOut::Plan(Connection& connection) {
  plans_.assign(events_.size(), {});
  absl::flat_hash_set<std::string> ids;
  std::size_t deliveries = 0;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (!events_[i].ok()) continue;
    const v1::Event& event = *events_[i];
    if (!ids.insert(UuidBytes(event.id_event())).second) continue;
    const auto is_there = HasEvent(connection, event);
    if (!is_there.ok()) return is_there.status();
    if (*is_there) continue;
    plans_[i].is_new = true;
    absl::Status found = connection.Guarded("find listeners", [&] {
      plans_[i].listeners =
          SelectListeners(connection, event.id_project(), event.type());
      return absl::OkStatus();
    });
    if (!found.ok()) return found;
    deliveries += plans_[i].listeners.size();
    if (events_.size() > 1 && deliveries > EventStore::kMaxFanOut) {
      return FanOutTooLarge();
    }
  }
  const bool needs_steps = deliveries > kStepDeliveries;
  if (needs_steps) SortListeners();
  return needs_steps;
}

void FanOut::SortListeners() {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    std::vector<std::pair<Uuid, std::string>> sorted;
    for (std::string& webhook : plans_[i].listeners) {
      const Uuid id = DeliveryId(*events_[i], webhook);
      sorted.emplace_back(id, std::move(webhook));
    }
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      plans_[i].listeners[j] = std::move(sorted[j].second);
    }
  }
}

absl::StatusOr<bool> FanOut::Step(Connection& connection) {
  reached_ = position_;
  return connection.Guarded("publish", [&]() -> absl::StatusOr<bool> {
    if (!reached_.has_seqs) TakeSeqs(connection);
    for (std::size_t left = kStepDeliveries; left > 0;) {
      if (reached_.event == plans_.size()) return true;
      Plans& plans = plans_[reached_.event];
      if (plans.seq == 0 || reached_.listener == plans.listeners.size()) {
        ++reached_.event;
        reached_.listener = 0;
        continue;
      }
      InsertDeliveryAhead(connection, *events_[reached_.event], plans.seq,
                          plans.listeners[reached_.listener]);
      ++reached_.listener;
      --left;
    }
    return false;
  });
}

void FanOut::TakeSeqs(Connection& connection) {
  // Drops the deliveries of a step that was undone.
  Forget();
  for (Plans& plans : plans_) {
    if (plans.listeners.empty()) continue;
    plans.seq = InsertPublishingSeq(connection);
    active_.insert(plans.seq);
  }
  reached_.has_seqs = true;
}

void FanOut::Forget() {
  for (Plans& plans : plans_) active_.erase(std::exchange(plans.seq, 0));
}

absl::StatusOr<FanOut::Results> FanOut::Finish(Connection& connection,
                                               const TraceHeaders& trace,
                                               DueNotes& notes) {
  Results results;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (!events_[i].ok()) {
      results.push_back(events_[i].status());
      continue;
    }
    const Plans& plans = plans_[i];
    results.push_back(InsertEvent(connection, *events_[i], trace, notes,
                                  plans.is_new ? &plans.listeners : nullptr,
                                  plans.seq));
    const absl::Status& status = results.back().status();
    if (!status.ok() && !absl::IsAlreadyExists(status)) return status;
  }
  return results;
}

absl::StatusOr<bool> DropUnfinished(Connection& connection,
                                    const ActiveSeqs& active) {
  return connection.Guarded("drop unfinished", [&]() -> absl::StatusOr<bool> {
    std::int64_t seq = 0;
    {
      Statement row = connection.Prepared("SELECT seq FROM publishing");
      while (seq == 0 && row->executeStep()) {
        const std::int64_t found = row->getColumn(0).getInt64();
        if (!active.contains(found)) seq = found;
      }
    }
    if (seq == 0) return false;
    Statement erase = connection.Prepared(
        "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries"
        " INDEXED BY deliveries_by_event WHERE event_seq = ? LIMIT ?)");
    erase->bind(1, seq);
    erase->bind(2, kDroppedRows);
    if (erase->exec() == kDroppedRows) return true;
    DeletePublishingSeq(connection, seq);
    return true;
  });
}

}  // namespace webhooks::sqlite
