#ifndef WEBHOOKS_SERVER_DELIVERY_TURNS_H_
#define WEBHOOKS_SERVER_DELIVERY_TURNS_H_

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"

namespace webhooks::server {

// Whose turn it is. Projects take turns, and within a project its endpoints;
// an endpoint that has its turn may begin as many requests as fit below its
// limits. It knows endpoints that something waits for or is in flight to,
// nothing of the deliveries themselves. For one thread at a time.
class Turns {
 public:
  struct Limits {
    // Requests in flight to one endpoint that has no limit of its own.
    int per_endpoint = 8;
    // How many requests a second are begun to an endpoint that catches up on
    // what was held.
    int catch_up_per_second = 20;
    // How long an endpoint is left alone that is overloaded: the first time,
    // and at most; it doubles each time.
    absl::Duration first_pause = absl::Seconds(1);
    absl::Duration longest_pause = absl::Minutes(1);
  };

  // What a webhook's settings say.
  struct EndpointLimits {
    // 0: as Limits says.
    int in_flight = 0;
    // 0: no limit.
    int per_second = 0;
    bool ordered = false;
    // Part of what was leased had been held.
    bool catches_up = false;
  };

  explicit Turns(Limits limits) : limits_(limits) {}

  // Something of the endpoint is due at `due`, if not earlier.
  void Due(const Endpoint& endpoint, absl::Time due, absl::Time now);

  // Whose turn it is at `now`, and for how many requests, `free` in all at
  // most. Each is asked for once, until Leased tells what came of it.
  std::vector<LeaseWish> Take(absl::Time now, int free);

  // `count` requests to the endpoint are begun; the next of the others is due
  // at `next_due`.
  void Leased(const Endpoint& endpoint, int count, absl::Time next_due,
              const EndpointLimits& limits, absl::Time now);

  // A request to the endpoint has ended. If it was overloaded, only one request
  // at a time is made to it until one ends well, after a pause that is at least
  // `pause`.
  enum class Ending { kWell, kFailed, kOverloaded };
  void Ended(const Endpoint& endpoint, Ending ending, absl::Duration pause,
             absl::Time now);

  // When Take may have something that it has not now, if nothing else happens.
  absl::Time NextTime() const;

  // How many endpoints are known.
  std::size_t size() const { return endpoints_.size(); }

 private:
  struct State {
    Endpoint endpoint;
    absl::Time due = absl::InfiniteFuture();
    int in_flight = 0;
    // Take has asked for it; and what has become due since.
    bool is_asked = false;
    absl::Time due_since = absl::InfiniteFuture();
    // Unknown until something was leased.
    bool is_known = false;
    EndpointLimits limits;
    absl::Time not_before = absl::InfinitePast();
    // Not zero: the endpoint is overloaded.
    absl::Duration pause;
    // When the next request may begin, by per_second.
    absl::Time next_begin = absl::InfinitePast();
    bool is_ready = false;
    // In timers_, unless it is the infinite future.
    absl::Time timer = absl::InfiniteFuture();
  };
  using Project = std::deque<State*>;

  State& Find(const Endpoint& endpoint);
  // Puts the endpoint where it belongs, or forgets it.
  void Place(State& state, absl::Time now);
  void MakeReady(State& state);
  void SetTimer(State& state, absl::Time time);
  int Cap(const State& state) const;
  int PerSecond(const State& state) const;
  // How many requests its rate lets begin at `now`.
  int Allowance(const State& state, absl::Time now) const;
  State* PopReady();

  const Limits limits_;
  absl::flat_hash_map<std::string, std::unique_ptr<State>> endpoints_;
  // Endpoints that stand in line, by project, and the projects that have some,
  // in turn.
  absl::flat_hash_map<std::string, Project> ready_;
  std::deque<std::string> projects_;
  std::set<std::pair<absl::Time, std::string>> timers_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_TURNS_H_
