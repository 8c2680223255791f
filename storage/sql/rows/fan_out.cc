#include "storage/sql/rows/fan_out.h"

#include <algorithm>
#include <utility>

#include "storage/errors.h"
#include "storage/publishing.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/event_rows.h"

namespace webhooks::sql {
namespace {

// The maximum number of deliveries of one publication in one transaction. They
// take some tens of milliseconds, for which other writes wait; fewer would
// write the same pages more often.
constexpr std::size_t kStepDeliveries = 2000;

// The maximum number of unfinished deliveries that one step deletes.
constexpr int kDeletedRows = 200;

}  // namespace

void FanOut::Prefetch(Connection& connection) const {
  if (events_.size() != 1 || !events_.front().ok()) return;
  const v1::Event& event = *events_.front();
  PrefetchEvent(connection, event);
  connection.PrefetchEventSeq();
  PrefetchListeners(connection, event.id_project(), event.type());
}

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
  const bool needs_steps =
      connection.PublishesInSteps() && deliveries > kStepDeliveries;
  if (needs_steps) SortListeners();
  return needs_steps;
}

void FanOut::SortListeners() {
  for (std::size_t i = 0; i < plans_.size(); ++i) {
    std::vector<std::pair<Uuid, Listener>> sorted;
    for (Listener& listener : plans_[i].listeners) {
      const Uuid id = DeliveryId(*events_[i], listener.webhook);
      sorted.emplace_back(id, std::move(listener));
    }
    std::sort(sorted.begin(), sorted.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      plans_[i].listeners[j] = std::move(sorted[j].second);
    }
  }
}

absl::StatusOr<bool> FanOut::Step(Connection& connection) {
  reached_ = position_;
  return connection.Guarded("publish", [&]() -> absl::StatusOr<bool> {
    if (!reached_.has_seqs) ReserveSeqs(connection);
    for (std::size_t left = kStepDeliveries; left > 0;) {
      if (reached_.event == plans_.size()) return true;
      EventPlan& plan = plans_[reached_.event];
      if (plan.seq == 0 || reached_.listener == plan.listeners.size()) {
        ++reached_.event;
        reached_.listener = 0;
        continue;
      }
      InsertDeliveryAhead(connection, *events_[reached_.event], plan.seq,
                          plan.listeners[reached_.listener].webhook);
      ++reached_.listener;
      --left;
    }
    return false;
  });
}

void FanOut::ReserveSeqs(Connection& connection) {
  // The seqs of a step that was rolled back.
  ReleaseSeqs();
  for (EventPlan& plan : plans_) {
    if (plan.listeners.empty()) continue;
    plan.seq = InsertPublishingSeq(connection);
    reserved_.Insert(plan.seq);
  }
  reached_.has_seqs = true;
}

void FanOut::ReleaseSeqs() {
  for (EventPlan& plan : plans_) {
    if (plan.seq != 0) reserved_.Erase(std::exchange(plan.seq, 0));
  }
}

absl::StatusOr<FanOut::Results> FanOut::Finish(Connection& connection,
                                               const TraceHeaders& trace,
                                               Notifications& notifications) {
  Results results;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (!events_[i].ok()) {
      results.push_back(events_[i].status());
      continue;
    }
    const EventPlan& plan = plans_[i];
    results.push_back(plan.is_new && !position_.has_seqs
                          ? InsertNewEvent(connection, *events_[i], trace,
                                           notifications, plan.listeners)
                          : InsertEvent(connection, *events_[i], trace,
                                        notifications, plan.listeners,
                                        plan.seq));
    const absl::Status& status = results.back().status();
    if (!status.ok() && !absl::IsAlreadyExists(status)) return status;
  }
  return results;
}

absl::StatusOr<bool> DeleteUnfinished(Connection& connection,
                                      const ReservedSeqs& reserved) {
  return connection.Guarded(
      "delete unfinished deliveries", [&]() -> absl::StatusOr<bool> {
        std::int64_t seq = 0;
        {
          Statement row = connection.Prepared("SELECT seq FROM publishing");
          while (seq == 0 && row.Step()) {
            const std::int64_t found = row.Int64(0);
            if (!reserved.Contains(found)) seq = found;
          }
        }
        if (seq == 0) return false;
        Statement erase = connection.Prepared(
            "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries"
            " INDEXED BY deliveries_by_event WHERE event_seq = ? LIMIT ?)");
        erase.Bind(1, seq);
        erase.Bind(2, kDeletedRows);
        if (erase.ExecuteAndCount() == kDeletedRows) return true;
        DeletePublishingSeq(connection, seq);
        return true;
      });
}

}  // namespace webhooks::sql
