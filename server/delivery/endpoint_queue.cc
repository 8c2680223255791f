#include "server/delivery/endpoint_queue.h"

#include <algorithm>

namespace webhooks::server {
namespace {

// Limits the time that the store needs for the requests of one call.
constexpr std::size_t kMaxRequests = 64;

// An endpoint with more prefetched bytes gets no further lease.
constexpr std::int64_t kPrefetchedBytesLimit =
    DeliveryQueue::kMaxLeaseBytes / 2;

}  // namespace

EndpointQueue::EndpointQueue(const Limits& limits, EndpointPauses& pauses)
    : limits_(limits),
      pauses_(pauses),
      shares_(limits.max_in_flight, limits.max_bytes) {}

EndpointQueue::State& EndpointQueue::Find(const Endpoint& endpoint) {
  std::unique_ptr<State>& state = endpoints_[endpoint.webhook];
  if (state == nullptr) {
    state = std::make_unique<State>(endpoint, limits_.endpoint);
  }
  return *state;
}

template <typename Change>
void EndpointQueue::ForEach(absl::Time now, Change change) {
  std::vector<State*> states;
  states.reserve(endpoints_.size());
  for (const auto& [webhook, state] : endpoints_) states.push_back(state.get());
  for (State* const state : states) {
    change(*state);
    Reschedule(*state, now);
  }
}

void EndpointQueue::SetDue(const Endpoint& endpoint, absl::Time due,
                           absl::Time now) {
  State& state = Find(endpoint);
  state.due = std::min(state.due, due);
  state.due_since = std::min(state.due_since, due);
  Reschedule(state, now);
}

void EndpointQueue::Resume(const Endpoint& endpoint, absl::Time now) {
  State& state = Find(endpoint);
  state.pace.Resume();
  Reschedule(state, now);
}

std::vector<LeaseRequest> EndpointQueue::TakeLeaseRequests(absl::Time now) {
  RunTimers(now);
  const auto may = [this](const std::string& project) {
    return shares_.CanLease(project);
  };
  std::vector<LeaseRequest> requests;
  while (requests.size() < kMaxRequests && shares_.CanAnyLease()) {
    State* const state = lease_order_.Pop(shares_.version(), may);
    if (state == nullptr) break;
    state->is_in_lease_order = false;
    // The endpoint may have changed while it waited for its turn.
    if (NextLease(*state) <= now) {
      requests.push_back(RequestLease(*state));
    } else {
      Reschedule(*state, now);
    }
  }
  return requests;
}

LeaseRequest EndpointQueue::RequestLease(State& state) {
  const int wanted = state.pace.MaxLeased(state.in_flight) - state.held();
  state.reservation = shares_.Reserve(state.endpoint.project, wanted);
  state.due_since = absl::InfiniteFuture();
  return {state.endpoint, state.reservation.count};
}

void EndpointQueue::AddLeased(const LeaseRequest& request, Leased leased,
                              absl::Time now) {
  State& state = Find(request.endpoint);
  if (leased.settings) {
    // Deliveries that were held while the webhook was inactive may still be
    // prefetched.
    leased.settings->catches_up |=
        state.pace.settings().catches_up && !state.prefetched.empty();
    state.pace.set_settings(*leased.settings);
  }
  const std::string& project = state.endpoint.project;
  shares_.ReleaseReservation(project, std::exchange(state.reservation, {}));
  for (std::shared_ptr<LeasedAttempt>& attempt : leased.attempts) {
    state.prefetched_bytes += attempt->bytes;
    shares_.AddLease(project, attempt->bytes);
    state.prefetched.push_back(std::move(attempt));
  }
  state.due = std::min(leased.next_due, state.due_since);
  if (state.pace.paused_until() > now) Drop(state, now);
  Reschedule(state, now);
}

std::shared_ptr<LeasedAttempt> EndpointQueue::TakeNext(absl::Time now) {
  RunTimers(now);
  const auto may = [this](const std::string& project) {
    return shares_.CanStart(project);
  };
  while (shares_.CanAnyStart()) {
    State* const state = start_order_.Pop(shares_.version(), may);
    if (state == nullptr) break;
    state->is_in_start_order = false;
    std::shared_ptr<LeasedAttempt> attempt;
    if (NextStart(*state) <= now) {
      if (now + kMaxAttemptTime <= state->prefetched.front()->leased_until) {
        attempt = TakePrefetched(*state);
        ++state->in_flight;
        attempt->epoch = state->pace.StartRequest(now);
        shares_.StartAttempt(state->endpoint.project);
      } else {
        Drop(*state, now);
      }
    }
    Reschedule(*state, now);
    if (attempt != nullptr) return attempt;
  }
  return nullptr;
}

std::shared_ptr<LeasedAttempt> EndpointQueue::TakePrefetched(State& state) {
  std::shared_ptr<LeasedAttempt> attempt = std::move(state.prefetched.front());
  state.prefetched.pop_front();
  state.prefetched_bytes -= attempt->bytes;
  return attempt;
}

void EndpointQueue::FinishAttempt(const LeasedAttempt& attempt,
                                  absl::Time now) {
  State& state = Find(attempt.result.endpoint);
  --state.in_flight;
  state.pace.FinishRequest(attempt.epoch, attempt.pace_outcome,
                           attempt.retry_after, now);
  if (state.pace.paused_until() > now) Drop(state, now);
  Reschedule(state, now);
}

void EndpointQueue::Release(const LeasedAttempt& attempt) {
  const std::string& project = attempt.result.endpoint.project;
  shares_.FinishAttempt(project);
  shares_.RemoveLease(project, attempt.bytes);
}

void EndpointQueue::Drop(State& state, absl::Time now) {
  if (!state.prefetched.empty()) {
    state.due = std::min(state.due, now);
    state.due_since = std::min(state.due_since, now);
  }
  while (!state.prefetched.empty()) {
    const std::shared_ptr<LeasedAttempt> attempt = TakePrefetched(state);
    shares_.RemoveLease(state.endpoint.project, attempt->bytes);
    dropped_.push_back(attempt->result.lease);
  }
}

void EndpointQueue::DropChanged(const Endpoint& endpoint, absl::Time now) {
  const auto found = endpoints_.find(endpoint.webhook);
  if (found == endpoints_.end()) return;
  found->second->pace.Restart();
  Drop(*found->second, now);
  Reschedule(*found->second, now);
}

void EndpointQueue::DropPrefetched(const std::string& project, absl::Time now) {
  ForEach(now, [&](State& state) {
    if (state.endpoint.project == project) Drop(state, now);
  });
}

void EndpointQueue::DropPrefetched(absl::Time now) {
  ForEach(now, [&](State& state) { Drop(state, now); });
}

std::vector<LeaseName> EndpointQueue::TakeDropped() {
  return std::exchange(dropped_, {});
}

void EndpointQueue::AdvanceDue(absl::Duration jump, absl::Time now) {
  ForEach(now, [&](State& state) {
    state.due -= jump;
    state.due_since -= jump;
    for (const auto& attempt : state.prefetched) attempt->due -= jump;
  });
}

absl::Time EndpointQueue::NextTime() const {
  return timers_.empty() ? absl::InfiniteFuture() : timers_.begin()->first;
}

absl::Time EndpointQueue::OldestDue() const {
  absl::Time oldest = absl::InfiniteFuture();
  for (const auto& [webhook, state] : endpoints_) {
    absl::Time due = std::min(state->due, state->due_since);
    for (const auto& attempt : state->prefetched) {
      due = std::min(due, attempt->due);
    }
    oldest = std::min(oldest, std::max(due, state->pace.paused_until()));
  }
  return oldest;
}

// Endpoints without leases are urgent: within a project they alternate with
// those that only prefetch more, so that neither kind waits for all of the
// other.
void EndpointQueue::Reschedule(State& state, absl::Time now) {
  PublishPause(state, now);
  const absl::Time lease = NextLease(state);
  const absl::Time begin = NextStart(state);
  const std::string& project = state.endpoint.project;
  if (lease <= now && !state.is_in_lease_order) {
    state.is_in_lease_order = true;
    lease_order_.Add(project, &state, /*is_urgent=*/state.held() == 0);
  }
  if (begin <= now && !state.is_in_start_order) {
    state.is_in_start_order = true;
    start_order_.Add(project, &state, /*is_urgent=*/false);
  }
  absl::Time timer = absl::InfiniteFuture();
  if (lease > now) timer = std::min(timer, lease);
  if (begin > now) timer = std::min(timer, begin);
  const bool is_idle = state.due == absl::InfiniteFuture() &&
                       state.reservation.count == 0 && state.held() == 0 &&
                       !state.is_in_lease_order && !state.is_in_start_order;
  if (is_idle) timer = state.pace.KeepUntil();
  if (is_idle && timer <= now) {
    SetTimer(state, absl::InfiniteFuture());
    endpoints_.erase(std::string(state.endpoint.webhook));
    return;
  }
  SetTimer(state, timer);
}

// Leases more once half of the prefetched attempts are used, so that one lease
// request serves several attempts.
absl::Time EndpointQueue::NextLease(const State& state) const {
  if (state.reservation.count > 0 ||
      state.held() >= state.pace.MaxLeased(state.in_flight) ||
      state.count() > state.pace.MaxPrefetched() / 2 ||
      state.prefetched_bytes > kPrefetchedBytesLimit) {
    return absl::InfiniteFuture();
  }
  return std::max(state.due, state.pace.EarliestStart());
}

absl::Time EndpointQueue::NextStart(const State& state) const {
  return state.prefetched.empty() ? absl::InfiniteFuture()
                                  : state.pace.NextStart(state.in_flight);
}

void EndpointQueue::SetTimer(State& state, absl::Time time) {
  if (state.timer == time) return;
  if (state.timer != absl::InfiniteFuture()) {
    timers_.erase({state.timer, state.endpoint.webhook});
  }
  state.timer = time;
  if (time != absl::InfiniteFuture()) {
    timers_.emplace(time, state.endpoint.webhook);
  }
}

void EndpointQueue::PublishPause(State& state, absl::Time now) {
  const absl::Time until = state.pace.paused_until();
  const absl::Time pause = until > now ? until : absl::InfinitePast();
  if (std::exchange(state.published_pause, pause) != pause) {
    pauses_.Set(state.endpoint.webhook, pause);
  }
}

void EndpointQueue::RunTimers(absl::Time now) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    State& state = *endpoints_.at(timers_.begin()->second);
    SetTimer(state, absl::InfiniteFuture());
    Reschedule(state, now);
  }
}

}  // namespace webhooks::server
