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

// Decides which deliveries to lease and which attempt to start next, and owns
// the prefetched attempts. Projects take turns, and so do the endpoints of a
// project, each at its own pace. No project gets more than its share of the
// attempts in flight, the leases, and the bytes of their events. Holds in
// memory only endpoints with deliveries that wait or are in flight, and never
// all waiting deliveries. All times are of the steady clock. Not thread-safe.
//
// The cost of a delivery does not depend on the number of projects and
// endpoints, with one exception: when a share is released, every project that
// had used up its share is checked again. Each of these projects holds
// something, so there are at most max_in_flight of them, or four times as many
// for leases.
class EndpointQueue {
 public:
  struct Limits {
    EndpointPace::Limits endpoint;
    // Attempts in flight, or not recorded yet, of all projects.
    int max_in_flight = 512;
    // Bytes of the events that are leased.
    std::int64_t max_bytes = 96 << 20;
  };

  // The longest timeout (one minute) and time to record the attempt. An attempt
  // starts only if its lease lasts at least this long.
  static constexpr absl::Duration kMaxAttemptTime = absl::Seconds(90);

  // Keeps `pauses` up to date, which must outlive this.
  EndpointQueue(const Limits& limits, EndpointPauses& pauses);

  // Notes that a delivery of the endpoint that is not leased is due at `due`.
  void SetDue(const Endpoint& endpoint, absl::Time due, absl::Time now);

  // Ends the endpoint's pause. The outcome of requests in flight does not
  // affect the endpoint's pace.
  void Resume(const Endpoint& endpoint, absl::Time now);

  // Returns the leases to request at `now`. There is at most one request for an
  // endpoint until AddLeased answers it.
  std::vector<LeaseRequest> TakeLeaseRequests(absl::Time now);

  // The answer to a lease request.
  struct Leased {
    std::vector<std::shared_ptr<LeasedAttempt>> attempts;
    // The due time of the endpoint's next delivery that is not leased.
    absl::Time next_due = absl::InfiniteFuture();
    // nullopt leaves the settings unchanged.
    std::optional<EndpointPace::Settings> settings;
  };

  // Adds leased attempts; drops them if the endpoint has been paused meanwhile.
  void AddLeased(const LeaseRequest& request, Leased leased, absl::Time now);

  // Returns the attempt to start at `now`, which counts as in flight from then
  // on; null if none may start.
  std::shared_ptr<LeasedAttempt> TakeNext(absl::Time now);

  // Ends the attempt, with its `pace_outcome` and `retry_after`; its endpoint
  // may have another one. Drops the prefetched attempts if the endpoint is then
  // paused.
  void FinishAttempt(const LeasedAttempt& attempt, absl::Time now);

  // Releases the attempt's part of its project's share, once it is recorded or
  // its lease is given up. Call it after FinishAttempt.
  void Release(const LeasedAttempt& attempt);

  // Drops the prefetched attempts of an endpoint that has changed; they are due
  // again. Requests in flight may go to another receiver, so their outcome does
  // not affect the endpoint's pace.
  void DropChanged(const Endpoint& endpoint, absl::Time now);

  // Drops the prefetched attempts of the project's endpoints, or of all; they
  // are due again.
  void DropPrefetched(const std::string& project, absl::Time now);
  void DropPrefetched(absl::Time now);

  // Returns the leases of attempts that were dropped since the last call. The
  // caller gives them up in the store.
  std::vector<LeaseName> TakeDropped();

  // Makes all due times earlier by `jump`, the time by which the wall clock was
  // set ahead. A negative jump makes them later.
  void AdvanceDue(absl::Duration jump, absl::Time now);

  // Returns the time of the next lease or attempt if nothing else happens
  // before.
  absl::Time NextTime() const;

  // Attempts that are in flight or not recorded yet.
  int in_flight() const { return shares_.in_flight(); }

  // Deliveries that are leased or requested.
  int leased() const { return shares_.leased(); }

  // Known endpoints.
  std::size_t size() const { return endpoints_.size(); }

  // Returns the earliest due time of a delivery whose attempt has not started;
  // InfiniteFuture if there is none. The deliveries of a paused endpoint are
  // due at the end of the pause.
  absl::Time OldestDue() const;

 private:
  struct State {
    State(const Endpoint& endpoint, const EndpointPace::Limits& limits)
        : endpoint(endpoint), pace(limits) {}

    int count() const { return static_cast<int>(prefetched.size()); }
    int held() const { return count() + in_flight; }

    const Endpoint endpoint;
    EndpointPace pace;
    // The earliest due time of a delivery that is not leased.
    absl::Time due = absl::InfiniteFuture();
    // The same, but only of due times noted since the unanswered lease request.
    absl::Time due_since = absl::InfiniteFuture();
    // The unanswered lease request; empty if there is none.
    DeliveryShares::Reservation reservation;
    std::deque<std::shared_ptr<LeasedAttempt>> prefetched;
    std::int64_t prefetched_bytes = 0;
    int in_flight = 0;
    bool is_in_lease_order = false;
    bool is_in_start_order = false;
    // Its entry in pauses_; InfinitePast if it has none.
    absl::Time published_pause = absl::InfinitePast();
    // Its entry in timers_; InfiniteFuture if it has none.
    absl::Time timer = absl::InfiniteFuture();
  };

  State& Find(const Endpoint& endpoint);
  // Applies `change` to every endpoint and reschedules it.
  template <typename Change>
  void ForEach(absl::Time now, Change change);
  // Puts the endpoint into the round robins if its time has come, and sets its
  // timer otherwise; removes an endpoint that has nothing to do.
  void Reschedule(State& state, absl::Time now);
  // Returns when to lease more for the endpoint, and when its next attempt may
  // start; InfiniteFuture if another event must come first.
  absl::Time NextLease(const State& state) const;
  absl::Time NextStart(const State& state) const;
  void SetTimer(State& state, absl::Time time);
  void PublishPause(State& state, absl::Time now);
  void RunTimers(absl::Time now);
  LeaseRequest RequestLease(State& state);
  std::shared_ptr<LeasedAttempt> TakePrefetched(State& state);
  void Drop(State& state, absl::Time now);

  const Limits limits_;
  EndpointPauses& pauses_;
  DeliveryShares shares_;
  // By webhook id.
  absl::flat_hash_map<std::string, std::unique_ptr<State>> endpoints_;
  RoundRobin<State> lease_order_;
  RoundRobin<State> start_order_;
  std::set<std::pair<absl::Time, std::string>> timers_;
  std::vector<LeaseName> dropped_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_ENDPOINT_QUEUE_H_
