#include "server/delivery/turns.h"

#include <algorithm>

namespace webhooks::server {
namespace {

// How far ahead of its rate an endpoint may get.
constexpr absl::Duration kBurst = absl::Milliseconds(100);

// The stock of an endpoint, in multiples of what it may have in flight.
constexpr int kStock = 8;

// ToLease names as many endpoints at most, so that the store is not kept long.
constexpr std::size_t kMostWishes = 64;

}  // namespace

void Turns::Line::Add(State& state) {
  std::deque<State*>& project = projects_[state.endpoint.project];
  if (project.empty()) order_.push_back(state.endpoint.project);
  project.push_back(&state);
}

Turns::State* Turns::Line::Pop() {
  if (order_.empty()) return nullptr;
  std::string name = std::move(order_.front());
  order_.pop_front();
  const auto project = projects_.find(name);
  State* const state = project->second.front();
  project->second.pop_front();
  if (project->second.empty()) {
    projects_.erase(project);
  } else {
    order_.push_back(std::move(name));
  }
  return state;
}

Turns::State& Turns::Find(const Endpoint& endpoint) {
  std::unique_ptr<State>& state = endpoints_[endpoint.webhook];
  if (state == nullptr) {
    state = std::make_unique<State>();
    state->endpoint = endpoint;
  }
  return *state;
}

void Turns::Due(const Endpoint& endpoint, absl::Time due, absl::Time now) {
  State& state = Find(endpoint);
  state.due = std::min(state.due, due);
  state.due_since = std::min(state.due_since, due);
  Place(state, now);
}

std::vector<LeaseWish> Turns::ToLease(absl::Time now, int room) {
  RunTimers(now);
  std::vector<LeaseWish> wishes;
  while (room > 0 && wishes.size() < kMostWishes) {
    State* const state = lease_line_.Pop();
    if (state == nullptr) break;
    state->is_in_lease_line = false;
    // It may have changed while it stood in line.
    if (LeaseTime(*state) > now) {
      Place(*state, now);
      continue;
    }
    const int limit =
        std::min(Window(*state) - state->in_flight - state->stock, room);
    wishes.push_back({state->endpoint, limit});
    room -= limit;
    state->is_asked = true;
    state->due_since = absl::InfiniteFuture();
  }
  return wishes;
}

void Turns::Leased(const Endpoint& endpoint, int count, absl::Time next_due,
                   const EndpointLimits& limits, absl::Time now) {
  State& state = Find(endpoint);
  state.is_asked = false;
  state.limits = limits;
  state.stock += count;
  state.due = std::min(next_due, state.due_since);
  Place(state, now);
}

std::optional<Endpoint> Turns::ToBegin(absl::Time now) {
  RunTimers(now);
  while (State* const state = begin_line_.Pop()) {
    state->is_in_begin_line = false;
    if (BeginTime(*state) > now) {
      Place(*state, now);
      continue;
    }
    --state->stock;
    ++state->in_flight;
    if (const int rate = PerSecond(*state); rate > 0) {
      state->next_begin =
          std::max(state->next_begin, now - kBurst) + absl::Seconds(1) / rate;
    }
    Endpoint endpoint = state->endpoint;
    Place(*state, now);
    return endpoint;
  }
  return std::nullopt;
}

void Turns::DropStock(const Endpoint& endpoint, absl::Time now) {
  State& state = Find(endpoint);
  if (state.stock > 0) state.due = std::min(state.due, now);
  state.stock = 0;
  Place(state, now);
}

void Turns::Ended(const Endpoint& endpoint, Ending ending, absl::Duration pause,
                  absl::Time now) {
  State& state = Find(endpoint);
  state.in_flight = std::max(0, state.in_flight - 1);
  if (state.window < (1 + kStock) * Limit(state)) ++state.window;
  if (ending == Ending::kWell) state.pause = absl::ZeroDuration();
  if (ending == Ending::kOverloaded) {
    state.window = 1;
    // Those that were in flight together count once.
    if (state.not_before <= now) {
      state.pause = std::clamp(state.pause * 2, limits_.first_pause,
                               limits_.longest_pause);
    }
    state.not_before =
        std::max(state.not_before, now + std::max(pause, state.pause));
  }
  Place(state, now);
}

absl::Time Turns::NextTime() const {
  return timers_.empty() ? absl::InfiniteFuture() : timers_.begin()->first;
}

void Turns::Place(State& state, absl::Time now) {
  const absl::Time lease = LeaseTime(state);
  const absl::Time begin = BeginTime(state);
  if (lease <= now && !state.is_in_lease_line) {
    state.is_in_lease_line = true;
    lease_line_.Add(state);
  }
  if (begin <= now && !state.is_in_begin_line) {
    state.is_in_begin_line = true;
    begin_line_.Add(state);
  }
  absl::Time timer = absl::InfiniteFuture();
  if (lease > now) timer = std::min(timer, lease);
  if (begin > now) timer = std::min(timer, begin);
  const bool is_idle = state.due == absl::InfiniteFuture() && !state.is_asked &&
                       state.stock == 0 && state.in_flight == 0 &&
                       !state.is_in_lease_line && !state.is_in_begin_line;
  // What is idle is remembered as long as it is to be left alone.
  if (is_idle) timer = std::max(state.not_before, state.next_begin);
  if (is_idle && timer <= now) {
    SetTimer(state, absl::InfiniteFuture());
    endpoints_.erase(std::string(state.endpoint.webhook));
    return;
  }
  SetTimer(state, timer);
}

// Half of the stock is used before it is filled again, so that one lease serves
// several requests.
absl::Time Turns::LeaseTime(const State& state) const {
  const int window = Window(state);
  const int most_stock = window - Cap(state);
  if (state.is_asked || state.in_flight + state.stock >= window ||
      state.stock > most_stock / 2) {
    return absl::InfiniteFuture();
  }
  return std::max(state.due, state.not_before);
}

absl::Time Turns::BeginTime(const State& state) const {
  if (state.stock == 0 || state.in_flight >= Cap(state)) {
    return absl::InfiniteFuture();
  }
  return std::max(state.not_before, state.next_begin);
}

void Turns::SetTimer(State& state, absl::Time time) {
  if (state.timer == time) return;
  if (state.timer != absl::InfiniteFuture()) {
    timers_.erase({state.timer, state.endpoint.webhook});
  }
  state.timer = time;
  if (time != absl::InfiniteFuture()) {
    timers_.emplace(time, state.endpoint.webhook);
  }
}

void Turns::RunTimers(absl::Time now) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    State& state = *endpoints_.at(timers_.begin()->second);
    SetTimer(state, absl::InfiniteFuture());
    Place(state, now);
  }
}

int Turns::Limit(const State& state) const {
  if (state.limits.ordered) return 1;
  return state.limits.in_flight > 0 ? state.limits.in_flight
                                    : limits_.per_endpoint;
}

int Turns::Window(const State& state) const {
  if (state.limits.ordered) return 1;
  return std::min(state.window, (1 + kStock) * Limit(state));
}

int Turns::Cap(const State& state) const {
  return std::min(Window(state), Limit(state));
}

int Turns::PerSecond(const State& state) const {
  const int own = state.limits.per_second;
  if (!state.limits.catches_up) return own;
  return own > 0 ? std::min(own, limits_.catch_up_per_second)
                 : limits_.catch_up_per_second;
}

}  // namespace webhooks::server
