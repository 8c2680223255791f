#ifndef WEBHOOKS_SERVER_DELIVERY_ENDPOINT_QUEUE_H_
#define WEBHOOKS_SERVER_DELIVERY_ENDPOINT_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "server/delivery/delivery_shares.h"
#include "server/delivery/endpoint_pace.h"
#include "server/delivery/endpoint_pauses.h"
#include "server/delivery/leased_attempt.h"
#include "server/delivery/round_robin.h"
#include "storage/delivery_queue.h"

namespace webhooks::server {

// Decides which delivery is leased and which attempt begins next, and owns what
// is leased. Projects take turns, and within a project its endpoints, each at
// its pace; and no project has more than its share of the attempts in flight,
// the leases, and the bytes of their events. It knows the endpoints that
// something waits for or is in flight to, never all that waits. All times are
// of the steady clock. Not thread-safe.
//
// A delivery costs the same however many projects and endpoints there are, but
// that a share which is given back has every project asked again that could not
// have more: as many as hold something, and so max_in_flight at most, or four
// times as many for leases.
class EndpointQueue {
 public:
  struct Limits {
    EndpointPace::Limits endpoint;
    // Attempts in flight, or not recorded yet, of all projects.
    int max_in_flight = 512;
    // Bytes of the events that are leased.
    std::int64_t max_bytes = 96 << 20;
  };

  // An attempt begins only while there is as much left of its lease: the
  // longest time-out (a minute), and time to record the attempt.
  static constexpr absl::Duration kLongestAttempt = absl::Seconds(90);

  // Keeps `pauses` true, which must outlive this.
  EndpointQueue(const Limits& limits, EndpointPauses& pauses);

  // Says that something of the endpoint that is not leased is due at `due`.
  void SetDue(const Endpoint& endpoint, absl::Time due, absl::Time now);

  // Ends the endpoint's pause. What is in flight neither pauses the endpoint
  // again nor slows it down.
  void Resume(const Endpoint& endpoint, absl::Time now);

  // Returns what to lease at `now`. An endpoint is not named again until
  // AddLeased tells what came of it.
  std::vector<LeaseRequest> TakeLeaseRequests(absl::Time now);

  // The answer to a lease request.
  struct Leased {
    std::vector<std::shared_ptr<LeasedAttempt>> attempts;
    // When the endpoint's next delivery is due that is not leased.
    absl::Time next_due = absl::InfiniteFuture();
    // nullopt: as before.
    std::optional<EndpointPace::Settings> settings;
  };

  // Adds what was leased; drops it if the endpoint has been paused meanwhile.
  void AddLeased(const LeaseRequest& request, Leased leased, absl::Time now);

  // Returns the attempt to begin at `now`, which is in flight from then on;
  // null if none may begin.
  std::shared_ptr<LeasedAttempt> TakeNext(absl::Time now);

  // The attempt has ended, by its `ending` and `retry_after`: its endpoint may
  // have another one. Drops what is prefetched if the endpoint is paused then.
  void EndAttempt(const LeasedAttempt& attempt, absl::Time now);

  // Frees what the attempt holds of its project's share: it is recorded, or its
  // lease is given up. After EndAttempt.
  void Release(const LeasedAttempt& attempt);

  // Gives up what is prefetched for the endpoint, which has changed: it is due
  // again. What is in flight may go to another receiver, and neither pauses the
  // endpoint nor slows it down.
  void DropChanged(const Endpoint& endpoint, absl::Time now);

  // Gives up what is prefetched for the endpoints of the project, or for all:
  // it is due again.
  void DropPrefetched(const std::string& project, absl::Time now);
  void DropPrefetched(absl::Time now);

  // Returns the leases that were dropped since the last call, for the store to
  // end.
  std::vector<LeaseName> TakeDropped();

  // Tells that the time of day has jumped ahead of the steady clock by `jump`:
  // what is due by the time of day is due earlier by that.
  void AdvanceDue(absl::Duration jump, absl::Time now);

  // Returns when there may be something to lease or to begin that there is not
  // now, if nothing else happens.
  absl::Time NextTime() const;

  // Attempts that are in flight or not recorded yet.
  int in_flight() const { return shares_.in_flight(); }

  // Deliveries that are leased, or asked for.
  int leased() const { return shares_.leased(); }

  // Endpoints that are known.
  std::size_t size() const { return endpoints_.size(); }

  // Returns when the first of what can be attempted, and is not begun, is due;
  // InfiniteFuture if nothing is. What is paused is due at the pause's end.
  absl::Time OldestDue() const;

 private:
  struct State {
    State(const Endpoint& endpoint, const EndpointPace::Limits& limits)
        : endpoint(endpoint), pace(limits) {}

    int count() const { return static_cast<int>(prefetched.size()); }
    int held() const { return count() + in_flight; }

    const Endpoint endpoint;
    EndpointPace pace;
    // When the first is due of what is not leased.
    absl::Time due = absl::InfiniteFuture();
    // The same of what became due since the unanswered lease request.
    absl::Time due_since = absl::InfiniteFuture();
    // The unanswered lease request; empty if there is none.
    DeliveryShares::Request request;
    std::deque<std::shared_ptr<LeasedAttempt>> prefetched;
    std::int64_t prefetched_bytes = 0;
    int in_flight = 0;
    bool is_in_lease_order = false;
    bool is_in_begin_order = false;
    // Its entry in pauses_; InfinitePast: it has none.
    absl::Time noted_pause = absl::InfinitePast();
    // Its entry in timers_; InfiniteFuture: it has none.
    absl::Time timer = absl::InfiniteFuture();
  };

  State& Find(const Endpoint& endpoint);
  // Changes every endpoint, and places it anew.
  template <typename Change>
  void ForEach(absl::Time now, Change change);
  // Puts the endpoint into the orders and the timers that it belongs in, or
  // forgets it.
  void Place(State& state, absl::Time now);
  // When to lease more for the endpoint, and when its next attempt may begin;
  // InfiniteFuture: not before something happens.
  absl::Time LeaseTime(const State& state) const;
  absl::Time BeginTime(const State& state) const;
  void SetTimer(State& state, absl::Time time);
  void NotePause(State& state, absl::Time now);
  void RunTimers(absl::Time now);
  LeaseRequest RequestLease(State& state);
  std::shared_ptr<LeasedAttempt> TakePrefetched(State& state);
  void Drop(State& state, absl::Time now);

  const Limits limits_;
  EndpointPauses& pauses_;
  DeliveryShares shares_;
  // By webhook.
  absl::flat_hash_map<std::string, std::unique_ptr<State>> endpoints_;
  RoundRobin<State> lease_order_;
  RoundRobin<State> begin_order_;
  std::set<std::pair<absl::Time, std::string>> timers_;
  std::vector<LeaseName> dropped_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_ENDPOINT_QUEUE_H_
