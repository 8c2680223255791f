#include "server/ctl/followed_deliveries.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/string_view.h"
#include "proto/time.h"
#include "server/ctl/lists.h"
#include "storage/uuid.h"

namespace webhooks::ctl {
namespace {

// Calls that publish at the same time may be committed in another order than
// that of their ids.
constexpr absl::Duration kOverlap = absl::Seconds(2);

constexpr absl::Duration kMinReadInterval = absl::Seconds(1);
constexpr absl::Duration kMaxReadInterval = absl::Minutes(1);

bool HasEnded(v1::Delivery::State state) {
  return state == v1::Delivery::DELIVERED || state == v1::Delivery::FAILED ||
         state == v1::Delivery::CANCELLED;
}

absl::Time TimeOf(absl::string_view id) {
  const auto uuid = ParseUuid(id);
  const auto time = uuid ? TimeOfUuidV7(*uuid) : std::nullopt;
  return time.value_or(absl::UnixEpoch());
}

// Returns when a delivery that is not listed any more is to be read.
absl::Time ReadAt(const v1::Delivery& row, absl::Time now) {
  if (row.state() == v1::Delivery::HELD) return now + kMaxReadInterval;
  const absl::Time next =
      row.has_next_attempt_at() ? FromTimestamp(row.next_attempt_at()) : now;
  return std::clamp(next, now + kMinReadInterval, now + kMaxReadInterval);
}

}  // namespace

FollowedDeliveries::FollowedDeliveries(Calls calls,
                                       v1::ListDeliveriesRequest wanted,
                                       Limits limits)
    : calls_(std::move(calls)),
      wanted_(std::move(wanted)),
      state_(wanted_.has_state() ? std::optional(wanted_.state())
                                 : std::nullopt),
      limits_(limits),
      has_start_(wanted_.has_start_time() || wanted_.has_id_event()) {
  // A delivery may change to the state later.
  wanted_.clear_state();
  wanted_.set_page_size(1000);
}

absl::StatusOr<std::vector<v1::Delivery>> FollowedDeliveries::Look(
    absl::Time now) {
  absl::Status started = has_start_ ? absl::OkStatus() : SetStart();
  if (!started.ok()) return started;
  auto rows = List();
  if (!rows.ok()) return rows.status();
  const auto older = ReadOlder(*rows, now);
  if (!older.ok()) return older.status();
  if (!rows->empty()) newest_ = rows->front().id_delivery();
  absl::flat_hash_set<std::string> listed;
  for (const v1::Delivery& row : *rows) listed.insert(row.id_delivery());
  rows->insert(rows->end(), older->rbegin(), older->rend());
  Rows changed;
  for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
    if (Update(*row, now) && (!state_ || row->state() == *state_)) {
      changed.push_back(std::move(*row));
    }
  }
  absl::erase_if(seen_, [&](const auto& seen) {
    return HasEnded(seen.second.state) && !listed.contains(seen.first);
  });
  const bool is_first = !std::exchange(has_looked_, true);
  if (is_first && limits_.first > 0 && changed.size() > limits_.first) {
    changed.erase(changed.begin(),
                  changed.end() - static_cast<std::ptrdiff_t>(limits_.first));
  }
  return changed;
}

// Goes by the ids of the server, whose clock may differ from that of this
// machine.
absl::Status FollowedDeliveries::SetStart() {
  const auto rows = [](const auto& page) { return page.deliveries(); };
  const auto newest = ListSome<v1::Delivery>(1, wanted_, calls_.list, rows);
  if (!newest.ok()) return newest.status();
  if (!newest->empty()) {
    const std::string& id = newest->front().id_delivery();
    v1::ListDeliveriesRequest last = wanted_;
    *last.mutable_start_time() = ToTimestamp(TimeOf(id));
    const auto before = ListSome<v1::Delivery>(0, last, calls_.list, rows);
    if (!before.ok()) return before.status();
    for (const v1::Delivery& row : *before) {
      if (row.id_delivery() <= id) ignored_.insert(row.id_delivery());
    }
    wanted_ = std::move(last);
  }
  has_start_ = true;
  return absl::OkStatus();
}

// Lists the newest deliveries: up to the limit, and on to those that were
// listed before.
absl::StatusOr<FollowedDeliveries::Rows> FollowedDeliveries::List() {
  const std::string known =
      newest_.empty() ? "" : UuidText(LowestIdAt(TimeOf(newest_) - kOverlap));
  v1::ListDeliveriesRequest request = wanted_;
  Rows rows;
  do {
    auto page = calls_.list(request);
    if (!page.ok()) return page.status();
    for (v1::Delivery& row : *page->mutable_deliveries()) {
      if (rows.size() >= limits_.listed && row.id_delivery() < known) {
        return rows;
      }
      if (!ignored_.contains(row.id_delivery())) rows.push_back(std::move(row));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return rows;
}

absl::StatusOr<FollowedDeliveries::Rows> FollowedDeliveries::ReadOlder(
    const Rows& listed, absl::Time now) {
  absl::flat_hash_set<absl::string_view> is_listed;
  for (const v1::Delivery& row : listed) is_listed.insert(row.id_delivery());
  std::vector<std::pair<absl::Time, std::string>> due;
  for (const auto& [id, seen] : seen_) {
    if (!HasEnded(seen.state) && seen.read_at <= now &&
        !is_listed.contains(id)) {
      due.emplace_back(seen.read_at, id);
    }
  }
  std::sort(due.begin(), due.end());
  due.resize(std::min(due.size(), limits_.read));
  Rows rows;
  for (const auto& [time, id] : due) {
    auto row = calls_.get(id);
    if (absl::IsNotFound(row.status())) {
      seen_.erase(id);
      continue;
    }
    if (!row.ok()) return row.status();
    // Lists have the latest attempt alone, too.
    auto& attempts = *row->mutable_attempts();
    if (attempts.size() > 1) attempts.DeleteSubrange(0, attempts.size() - 1);
    rows.push_back(*std::move(row));
  }
  return rows;
}

// Returns true if the delivery is new or has changed.
bool FollowedDeliveries::Update(const v1::Delivery& row, absl::Time now) {
  Seen& seen = seen_[row.id_delivery()];
  const bool is_changed =
      seen.state != row.state() || seen.attempts != row.attempt_count();
  seen = {row.state(), row.attempt_count(), ReadAt(row, now)};
  return is_changed;
}

}  // namespace webhooks::ctl
