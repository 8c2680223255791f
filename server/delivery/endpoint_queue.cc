#include "server/delivery/endpoint_queue.h"

#include <algorithm>

namespace webhooks::server {
namespace {

// TakeLeaseRequests names as many endpoints at most, so that the store is not
// busy with them for long.
constexpr std::size_t kMostRequests = 64;

// Nothing more is prefetched for an endpoint with more bytes.
constexpr std::int64_t kEnoughBytes = DeliveryQueue::kMaxLeaseBytes / 2;

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
    Place(*state, now);
  }
}

void EndpointQueue::SetDue(const Endpoint& endpoint, absl::Time due,
                           absl::Time now) {
  State& state = Find(endpoint);
  state.due = std::min(state.due, due);
  state.due_since = std::min(state.due_since, due);
  Place(state, now);
}

void EndpointQueue::Resume(const Endpoint& endpoint, absl::Time now) {
  State& state = Find(endpoint);
  state.pace.Resume();
  Place(state, now);
}

std::vector<LeaseRequest> EndpointQueue::TakeLeaseRequests(absl::Time now) {
  RunTimers(now);
  const auto may = [this](const std::string& project) {
    return shares_.MayLease(project);
  };
  std::vector<LeaseRequest> requests;
  while (requests.size() < kMostRequests && shares_.MayAnyLease()) {
    State* const state = lease_order_.Pop(shares_.version(), may);
    if (state == nullptr) break;
    state->is_in_lease_order = false;
    // It may have changed while it waited.
    if (LeaseTime(*state) <= now) {
      requests.push_back(RequestLease(*state));
    } else {
      Place(*state, now);
    }
  }
  return requests;
}

LeaseRequest EndpointQueue::RequestLease(State& state) {
  const int wanted = state.pace.MostLeased(state.in_flight) - state.held();
  state.request = shares_.Ask(state.endpoint.project, wanted);
  state.due_since = absl::InfiniteFuture();
  return {state.endpoint, state.request.count};
}

void EndpointQueue::AddLeased(const LeaseRequest& request, Leased leased,
                              absl::Time now) {
  State& state = Find(request.endpoint);
  if (leased.settings) {
    // Deliveries that were held may still be prefetched.
    leased.settings->catches_up |=
        state.pace.settings().catches_up && !state.prefetched.empty();
    state.pace.Set(*leased.settings);
  }
  const std::string& project = state.endpoint.project;
  shares_.Answer(project, std::exchange(state.request, {}));
  for (std::shared_ptr<LeasedAttempt>& attempt : leased.attempts) {
    state.prefetched_bytes += attempt->bytes;
    shares_.Lease(project, attempt->bytes);
    state.prefetched.push_back(std::move(attempt));
  }
  state.due = std::min(leased.next_due, state.due_since);
  if (state.pace.paused_until() > now) Drop(state, now);
  Place(state, now);
}

std::shared_ptr<LeasedAttempt> EndpointQueue::TakeNext(absl::Time now) {
  RunTimers(now);
  const auto may = [this](const std::string& project) {
    return shares_.MayBegin(project);
  };
  while (shares_.MayAnyBegin()) {
    State* const state = begin_order_.Pop(shares_.version(), may);
    if (state == nullptr) break;
    state->is_in_begin_order = false;
    std::shared_ptr<LeasedAttempt> attempt;
    if (BeginTime(*state) <= now) {
      if (now + kLongestAttempt <= state->prefetched.front()->leased_until) {
        attempt = TakePrefetched(*state);
        ++state->in_flight;
        attempt->epoch = state->pace.Begin(now);
        shares_.Begin(state->endpoint.project);
      } else {
        Drop(*state, now);
      }
    }
    Place(*state, now);
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

void EndpointQueue::EndAttempt(const LeasedAttempt& attempt, absl::Time now) {
  State& state = Find(attempt.result.endpoint);
  --state.in_flight;
  state.pace.End(attempt.epoch, attempt.ending, attempt.retry_after, now);
  if (state.pace.paused_until() > now) Drop(state, now);
  Place(state, now);
}

void EndpointQueue::Release(const LeasedAttempt& attempt) {
  const std::string& project = attempt.result.endpoint.project;
  shares_.End(project);
  shares_.EndLease(project, attempt.bytes);
}

void EndpointQueue::Drop(State& state, absl::Time now) {
  if (!state.prefetched.empty()) {
    state.due = std::min(state.due, now);
    state.due_since = std::min(state.due_since, now);
  }
  while (!state.prefetched.empty()) {
    const std::shared_ptr<LeasedAttempt> attempt = TakePrefetched(state);
    shares_.EndLease(state.endpoint.project, attempt->bytes);
    dropped_.push_back(attempt->result.lease);
  }
}

void EndpointQueue::DropChanged(const Endpoint& endpoint, absl::Time now) {
  const auto found = endpoints_.find(endpoint.webhook);
  if (found == endpoints_.end()) return;
  found->second->pace.Restart();
  Drop(*found->second, now);
  Place(*found->second, now);
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

// Endpoints of which nothing is leased take turns with the others of their
// project, so that many of one kind do not keep those of the other kind
// waiting.
void EndpointQueue::Place(State& state, absl::Time now) {
  NotePause(state, now);
  const absl::Time lease = LeaseTime(state);
  const absl::Time begin = BeginTime(state);
  const std::string& project = state.endpoint.project;
  if (lease <= now && !state.is_in_lease_order) {
    state.is_in_lease_order = true;
    lease_order_.Add(project, &state, /*is_urgent=*/state.held() == 0);
  }
  if (begin <= now && !state.is_in_begin_order) {
    state.is_in_begin_order = true;
    begin_order_.Add(project, &state, /*is_urgent=*/false);
  }
  absl::Time timer = absl::InfiniteFuture();
  if (lease > now) timer = std::min(timer, lease);
  if (begin > now) timer = std::min(timer, begin);
  const bool is_idle = state.due == absl::InfiniteFuture() &&
                       state.request.count == 0 && state.held() == 0 &&
                       !state.is_in_lease_order && !state.is_in_begin_order;
  if (is_idle) timer = state.pace.RememberUntil();
  if (is_idle && timer <= now) {
    SetTimer(state, absl::InfiniteFuture());
    endpoints_.erase(std::string(state.endpoint.webhook));
    return;
  }
  SetTimer(state, timer);
}

// Half of what is prefetched is used before more is leased, so that one lease
// serves several attempts.
absl::Time EndpointQueue::LeaseTime(const State& state) const {
  if (state.request.count > 0 ||
      state.held() >= state.pace.MostLeased(state.in_flight) ||
      state.count() > state.pace.MostPrefetched() / 2 ||
      state.prefetched_bytes > kEnoughBytes) {
    return absl::InfiniteFuture();
  }
  return std::max(state.due, state.pace.NotBefore());
}

absl::Time EndpointQueue::BeginTime(const State& state) const {
  return state.prefetched.empty() ? absl::InfiniteFuture()
                                  : state.pace.NextBegin(state.in_flight);
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

void EndpointQueue::NotePause(State& state, absl::Time now) {
  const absl::Time until = state.pace.paused_until();
  const absl::Time pause = until > now ? until : absl::InfinitePast();
  if (std::exchange(state.noted_pause, pause) != pause) {
    pauses_.Set(state.endpoint.webhook, pause);
  }
}

void EndpointQueue::RunTimers(absl::Time now) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    State& state = *endpoints_.at(timers_.begin()->second);
    SetTimer(state, absl::InfiniteFuture());
    Place(state, now);
  }
}

}  // namespace webhooks::server
