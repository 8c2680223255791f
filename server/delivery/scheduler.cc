#include "server/delivery/scheduler.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace webhooks::server {
namespace {

constexpr int kEndpointsPageSize = 1000;

// The clocks are compared at least this often, to notice when the wall clock
// is set.
constexpr absl::Duration kClockCheckInterval = absl::Seconds(5);

// A smaller difference between the clocks is drift.
constexpr absl::Duration kMinClockJump = absl::Milliseconds(50);

// Data loss is final, and not worth another lease request: the store has
// deactivated the webhook.
bool IsFinal(const absl::Status& status) {
  return status.ok() || absl::IsDataLoss(status);
}

}  // namespace

Scheduler::Scheduler(DeliveryQueue& queue, Sender& sender, Options options,
                     Clocks clocks, std::function<double()> uniform_random,
                     Observer observer)
    : store_(queue),
      sender_(sender),
      options_(std::move(options)),
      clocks_(std::move(clocks)),
      uniform_random_(std::move(uniform_random)),
      observer_(std::move(observer)),
      loop_(clocks_.steady, [this] { return RunIteration(); }),
      queue_(options_.queue, pauses_),
      wall_offset_(clocks_.wall() - clocks_.steady()) {
  store_.Watch([this](const EndpointDue& due) {
    loop_.Post([this, due] {
      loop_.mutex().AssertHeld();
      SetDue(due);
    });
  });
  loop_.Post([this] {
    loop_.mutex().AssertHeld();
    LoadEndpoints("");
  });
  loop_.Start();
}

Scheduler::~Scheduler() {
  BeginStop(absl::ZeroDuration());
  loop_.Join();
  store_.Watch(nullptr);
}

void Scheduler::BeginStop(absl::Duration grace) {
  loop_.Post([this, deadline = clocks_.steady() + grace] {
    loop_.mutex().AssertHeld();
    if (!stop_by_) stop_by_ = deadline;
  });
}

void Scheduler::Wake() {
  loop_.Post([] {});
}

Scheduler::Stats Scheduler::stats() const {
  absl::MutexLock lock(&loop_.mutex());
  return {
      queue_.in_flight(), queue_.leased(), queue_.size(),
      std::max(clocks_.steady() - queue_.OldestDue(), absl::ZeroDuration())};
}

std::optional<absl::Time> Scheduler::PausedUntil(
    const Endpoint& endpoint) const {
  const absl::Time now = clocks_.steady();
  const absl::Time until = pauses_.Until(endpoint.webhook, now);
  if (until == absl::InfinitePast()) return std::nullopt;
  return clocks_.wall() + (until - now);
}

std::optional<absl::Time> Scheduler::RunIteration() {
  loop_.mutex().AssertHeld();
  // All steps use the same time, so that no timer expires between two of them.
  const absl::Time now = clocks_.steady();
  CompareClocks(now);
  if (!stop_by_) {
    StartAttempts(now);
    GiveUpDroppedLeases();
    LeaseDue(now);
    return NextTime();
  }
  if (*stop_by_ <= now && !has_abandoned_) {
    has_abandoned_ = true;
    sender_.Abandon();
  }
  queue_.DropPrefetched(now);
  GiveUpDroppedLeases();
  if (outstanding_ > 0) return NextTime();
  return std::nullopt;
}

absl::Time Scheduler::NextTime() const {
  const absl::Time now = clocks_.steady();
  absl::Time lazy = absl::InfiniteFuture();
  if (queue_.size() > 0) lazy = now + kClockCheckInterval;
  if (outstanding_ > 0) lazy = now + EventLoop::kMaxLazyDelay;
  if (!stop_by_) return std::min(lazy, queue_.NextTime());
  return has_abandoned_ ? lazy : std::min(lazy, *stop_by_);
}

void Scheduler::CompareClocks(absl::Time now) {
  const absl::Duration ahead = clocks_.wall() - now;
  const absl::Duration jump = ahead - wall_offset_;
  if (absl::AbsDuration(jump) < kMinClockJump) return;
  wall_offset_ = ahead;
  queue_.AdvanceDue(jump, now);
}

absl::Time Scheduler::ToSteadyTime(absl::Time wall) const {
  return wall - wall_offset_;
}

void Scheduler::SetDue(const EndpointDue& due) {
  const absl::Time now = clocks_.steady();
  if (due.endpoint.webhook.empty()) {
    return queue_.DropPrefetched(due.endpoint.project, now);
  }
  if (due.has_changed) queue_.DropChanged(due.endpoint, now);
  if (due.is_urgent) queue_.Resume(due.endpoint, now);
  queue_.SetDue(due.endpoint, ToSteadyTime(due.due), now);
}

void Scheduler::LoadEndpoints(const std::string& after) {
  ++outstanding_;
  store_.ListEndpoints(
      after, kEndpointsPageSize, {},
      [this, after](absl::StatusOr<std::vector<EndpointDue>> endpoints) {
        loop_.Post([this, after, endpoints = std::move(endpoints)] {
          loop_.mutex().AssertHeld();
          --outstanding_;
          if (!endpoints.ok()) {
            return loop_.PostAt(clocks_.steady() + kStoreRetryDelay,
                                [this, after] {
                                  loop_.mutex().AssertHeld();
                                  LoadEndpoints(after);
                                });
          }
          for (const EndpointDue& due : *endpoints) SetDue(due);
          if (endpoints->size() == kEndpointsPageSize) {
            LoadEndpoints(endpoints->back().endpoint.webhook);
          }
        });
      });
}

void Scheduler::LeaseDue(absl::Time now) {
  std::vector<LeaseRequest> requests = queue_.TakeLeaseRequests(now);
  if (requests.empty()) return;
  ++outstanding_;
  store_.LeaseDue(requests, clocks_.wall(), kLeaseTime, {},
                  [this, requests, until = now + kLeaseTime](
                      absl::StatusOr<std::vector<EndpointLease>> leases) {
                    loop_.Post([this, requests, until,
                                leases = std::move(leases)]() mutable {
                      loop_.mutex().AssertHeld();
                      --outstanding_;
                      const absl::Time now = clocks_.steady();
                      for (std::size_t i = 0; i < requests.size(); ++i) {
                        EndpointQueue::Leased leased;
                        leased.next_due = now + kStoreRetryDelay;
                        if (leases.ok() && IsFinal((*leases)[i].status)) {
                          leased = ReadLease(requests[i].endpoint,
                                             std::move((*leases)[i]), until);
                        }
                        queue_.AddLeased(requests[i], std::move(leased), now);
                      }
                    });
                  });
}

EndpointQueue::Leased Scheduler::ReadLease(const Endpoint& endpoint,
                                           EndpointLease lease,
                                           absl::Time until) const {
  EndpointQueue::Leased leased;
  leased.next_due = ToSteadyTime(lease.next_due);
  if (!lease.webhook) return leased;
  leased.settings = SettingsOf(lease);
  leased.attempts = MakeAttempts(endpoint, std::move(lease));
  for (const auto& attempt : leased.attempts) {
    attempt->due = ToSteadyTime(attempt->due);
    attempt->leased_until = until;
    attempt->result.deactivate_after = options_.deactivate_after;
  }
  return leased;
}

void Scheduler::StartAttempts(absl::Time now) {
  while (const auto attempt = queue_.TakeNext(now)) {
    Send(attempt);
  }
}

void Scheduler::GiveUpDroppedLeases() {
  const std::vector<LeaseName> dropped = queue_.TakeDropped();
  if (!dropped.empty()) store_.GiveUpLeases(dropped);
}

}  // namespace webhooks::server
