#include "server/delivery/turns.h"

#include <algorithm>

namespace webhooks::server {
namespace {

// How far ahead of its rate an endpoint may get.
constexpr absl::Duration kBurst = absl::Milliseconds(100);

// The stock of an endpoint, in multiples of what it may have in flight.
constexpr int kStock = 8;

// The same of one that has a rate.
constexpr int kSecondsOfStock = 1;

// ToLease names as many endpoints at most, so that the store is not kept long.
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

void Turns::Resume(const Endpoint& endpoint, absl::Time now) {
  State& state = Find(endpoint);
  state.not_before = absl::InfinitePast();
  state.pause = absl::ZeroDuration();
  Place(state, now);
}

void Turns::Count(State& state, int asked, int stock, int in_flight) {
  Share& share = shares_[state.endpoint.project];
  share.in_flight += in_flight - state.in_flight;
  share.leased +=
      asked + stock + in_flight - state.asked - state.stock - state.in_flight;
  if (share.leased == 0) shares_.erase(state.endpoint.project);
  state.asked = asked;
  state.stock = stock;
  state.in_flight = in_flight;
}

bool Turns::MayBegin(const std::string& project) const {
  const auto share = shares_.find(project);
  return share == shares_.end() ||
         share->second.in_flight < limits_.per_project;
}

int Turns::RoomOf(const std::string& project) const {
  const auto share = shares_.find(project);
  return limits_.leased_per_project -
         (share == shares_.end() ? 0 : share->second.leased);
}

std::vector<LeaseWish> Turns::ToLease(absl::Time now, int room, int reserve) {
  RunTimers(now);
  std::vector<LeaseWish> wishes;
  while (wishes.size() < kMostWishes) {
    State* const state = NextToLease(room, reserve);
    if (state == nullptr) break;
    // It may have changed while it stood in line.
    const bool is_first = state->stock + state->in_flight == 0;
    if (LeaseTime(*state) > now || (room <= 0 && !is_first)) {
      Place(*state, now);
      continue;
    }
    wishes.push_back(Ask(*state, room, reserve));
  }
  return wishes;
}

Turns::State* Turns::NextToLease(int room, int reserve) {
  if (room > 0 || reserve > 0) {
    State* const state = first_line_.Pop([&](const std::string& project) {
      return reserve > 0 || RoomOf(project) > 0;
    });
    if (state != nullptr) {
      state->is_in_first_line = false;
      return state;
    }
  }
  if (room <= 0) return nullptr;
  State* const state = lease_line_.Pop(
      [&](const std::string& project) { return RoomOf(project) > 0; });
  if (state != nullptr) state->is_in_lease_line = false;
  return state;
}

LeaseWish Turns::Ask(State& state, int& room, int& reserve) {
  int count = std::min({Window(state) - state.in_flight - state.stock, room,
                        RoomOf(state.endpoint.project)});
  if (count > 0) {
    room -= count;
  } else {
    count = 1;
    --reserve;
  }
  Count(state, count, state.stock, state.in_flight);
  state.due_since = absl::InfiniteFuture();
  return {state.endpoint, count};
}

void Turns::Leased(const Endpoint& endpoint, int count, absl::Time next_due,
                   const std::optional<EndpointLimits>& limits,
                   absl::Time now) {
  State& state = Find(endpoint);
  if (limits) {
    // What was held may still be in stock.
    const bool catches_up = state.limits.catches_up && state.stock > 0;
    state.limits = *limits;
    state.limits.catches_up |= catches_up;
  }
  const bool is_cut = 0 < count && count < state.asked && next_due <= now;
  Count(state, 0, state.stock + count, state.in_flight);
  state.most_stock = is_cut ? state.stock : std::numeric_limits<int>::max();
  state.due = std::min(next_due, state.due_since);
  Place(state, now);
}

std::optional<Endpoint> Turns::ToBegin(absl::Time now) {
  RunTimers(now);
  const auto may = [this](const std::string& project) {
    return MayBegin(project);
  };
  while (State* const state = begin_line_.Pop(may)) {
    state->is_in_begin_line = false;
    if (BeginTime(*state) > now) {
      Place(*state, now);
      continue;
    }
    Count(*state, state->asked, state->stock - 1, state->in_flight + 1);
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
  Count(state, state.asked, 0, state.in_flight);
  Place(state, now);
}

void Turns::Ended(const Endpoint& endpoint, Ending ending, absl::Duration pause,
                  absl::Time now) {
  State& state = Find(endpoint);
  Count(state, state.asked, state.stock, std::max(0, state.in_flight - 1));
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

absl::Time Turns::OldestDue(
    const std::function<absl::Time(const Endpoint&)>& stocked) const {
  absl::Time oldest = absl::InfiniteFuture();
  for (const auto& [webhook, state] : endpoints_) {
    const absl::Time due =
        std::min({state->due, state->due_since, stocked(state->endpoint)});
    oldest = std::min(oldest, std::max(due, state->not_before));
  }
  return oldest;
}

absl::Time Turns::NextTime() const {
  return timers_.empty() ? absl::InfiniteFuture() : timers_.begin()->first;
}

void Turns::Place(State& state, absl::Time now) {
  const absl::Time lease = LeaseTime(state);
  const absl::Time begin = BeginTime(state);
  const std::string& project = state.endpoint.project;
  const bool is_first = state.stock + state.in_flight == 0;
  if (lease <= now && is_first && !state.is_in_first_line) {
    state.is_in_first_line = true;
    first_line_.Add(project, &state);
  }
  if (lease <= now && !is_first && !state.is_in_lease_line) {
    state.is_in_lease_line = true;
    lease_line_.Add(project, &state);
  }
  if (begin <= now && !state.is_in_begin_line) {
    state.is_in_begin_line = true;
    begin_line_.Add(project, &state);
  }
  absl::Time timer = absl::InfiniteFuture();
  if (lease > now) timer = std::min(timer, lease);
  if (begin > now) timer = std::min(timer, begin);
  const bool is_in_line = state.is_in_first_line || state.is_in_lease_line ||
                          state.is_in_begin_line;
  const bool is_idle = state.due == absl::InfiniteFuture() &&
                       state.asked == 0 && is_first && !is_in_line;
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
  const int most_stock = MostStock(state);
  if (state.asked > 0 || state.in_flight + state.stock >= window ||
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
  const int window = std::min(state.window, Limit(state) + MostStock(state));
  const int rate = PerSecond(state);
  if (rate == 0) return window;
  return std::min(window, state.in_flight + rate * kSecondsOfStock);
}

int Turns::Cap(const State& state) const {
  return std::min(state.window, Limit(state));
}

int Turns::MostStock(const State& state) const {
  if (state.limits.ordered) return 0;
  int most = std::min(kStock * Limit(state), state.most_stock);
  const int rate = PerSecond(state);
  if (rate > 0) most = std::min(most, rate * kSecondsOfStock);
  return std::min(most, std::max(0, state.window - Limit(state)));
}

int Turns::PerSecond(const State& state) const {
  const int own = state.limits.per_second;
  if (!state.limits.catches_up) return own;
  return own > 0 ? std::min(own, limits_.catch_up_per_second)
                 : limits_.catch_up_per_second;
}

}  // namespace webhooks::server
