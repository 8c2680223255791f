#include "server/delivery/turns.h"

#include <algorithm>

namespace webhooks::server {
namespace {

// How far ahead of its rate an endpoint may get.
constexpr absl::Duration kBurst = absl::Milliseconds(100);

// An answer to Take names as many endpoints at most, so that what comes of it
// takes no long time.
constexpr std::size_t kMostWishes = 64;

}  // namespace

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

std::vector<LeaseWish> Turns::Take(absl::Time now, int free) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    State& state = *endpoints_.at(timers_.begin()->second);
    SetTimer(state, absl::InfiniteFuture());
    Place(state, now);
  }
  std::vector<LeaseWish> wishes;
  while (free > 0 && wishes.size() < kMostWishes) {
    State* state = PopReady();
    if (state == nullptr) break;
    const int room =
        std::min(Cap(*state) - state->in_flight, Allowance(*state, now));
    // It may have changed while it stood in line.
    if (room < 1 || std::max(state->due, state->not_before) > now) {
      Place(*state, now);
      continue;
    }
    const int limit = std::min(room, free);
    wishes.push_back({state->endpoint, limit});
    free -= limit;
    state->is_asked = true;
    state->due_since = absl::InfiniteFuture();
  }
  return wishes;
}

void Turns::Leased(const Endpoint& endpoint, int count, absl::Time next_due,
                   const EndpointLimits& limits, absl::Time now) {
  State& state = Find(endpoint);
  state.is_asked = false;
  state.is_known = true;
  state.limits = limits;
  state.in_flight += count;
  state.due = std::min(next_due, state.due_since);
  if (const int rate = PerSecond(state); rate > 0) {
    state.next_begin = std::max(state.next_begin, now - kBurst) +
                       count * absl::Seconds(1) / rate;
  }
  Place(state, now);
}

void Turns::Ended(const Endpoint& endpoint, Ending ending, absl::Duration pause,
                  absl::Time now) {
  State& state = Find(endpoint);
  state.in_flight = std::max(0, state.in_flight - 1);
  if (ending == Ending::kWell) state.pause = absl::ZeroDuration();
  if (ending == Ending::kOverloaded) {
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
  if (!projects_.empty()) return absl::InfinitePast();
  return timers_.empty() ? absl::InfiniteFuture() : timers_.begin()->first;
}

void Turns::Place(State& state, absl::Time now) {
  if (state.is_ready) return;
  const bool is_idle = state.due == absl::InfiniteFuture() && !state.is_asked &&
                       state.in_flight == 0;
  if (is_idle && state.not_before <= now && state.next_begin <= now) {
    SetTimer(state, absl::InfiniteFuture());
    endpoints_.erase(std::string(state.endpoint.webhook));
    return;
  }
  const bool can_begin = !state.is_asked && state.in_flight < Cap(state);
  absl::Time time = absl::InfiniteFuture();
  if (can_begin || is_idle) {
    time = std::max(state.not_before, state.next_begin);
    if (!is_idle) time = std::max(time, state.due);
  }
  if (time > now || is_idle) return SetTimer(state, time);
  SetTimer(state, absl::InfiniteFuture());
  MakeReady(state);
}

void Turns::MakeReady(State& state) {
  state.is_ready = true;
  Project& project = ready_[state.endpoint.project];
  if (project.empty()) projects_.push_back(state.endpoint.project);
  project.push_back(&state);
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

int Turns::Cap(const State& state) const {
  // What an endpoint allows is not known before its first lease.
  if (!state.is_known || state.limits.ordered ||
      state.pause > absl::ZeroDuration()) {
    return 1;
  }
  return state.limits.in_flight > 0 ? state.limits.in_flight
                                    : limits_.per_endpoint;
}

int Turns::PerSecond(const State& state) const {
  const int own = state.limits.per_second;
  if (!state.limits.catches_up) return own;
  return own > 0 ? std::min(own, limits_.catch_up_per_second)
                 : limits_.catch_up_per_second;
}

int Turns::Allowance(const State& state, absl::Time now) const {
  const int rate = PerSecond(state);
  if (rate == 0) return Cap(state);
  const absl::Duration ahead = now - std::max(state.next_begin, now - kBurst);
  if (ahead < absl::ZeroDuration()) return 0;
  absl::Duration rest;
  return static_cast<int>(
             absl::IDivDuration(ahead * rate, absl::Seconds(1), &rest)) +
         1;
}

Turns::State* Turns::PopReady() {
  if (projects_.empty()) return nullptr;
  const std::string name = std::move(projects_.front());
  projects_.pop_front();
  const auto project = ready_.find(name);
  State* state = project->second.front();
  project->second.pop_front();
  if (project->second.empty()) {
    ready_.erase(project);
  } else {
    projects_.push_back(name);
  }
  state->is_ready = false;
  return state;
}

}  // namespace webhooks::server
