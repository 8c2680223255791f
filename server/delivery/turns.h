#ifndef WEBHOOKS_SERVER_DELIVERY_TURNS_H_
#define WEBHOOKS_SERVER_DELIVERY_TURNS_H_

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "server/delivery/line.h"
#include "storage/delivery_queue.h"

namespace webhooks::server {

// Whose turn it is. Projects take turns, and within a project its endpoints;
// none has more requests in flight than it may. An endpoint begins with one
// request at a time, and with each that ends it may have one more, as a
// connection of TCP does: so those that hang hold little. One that has as many
// as it may gets some of its deliveries leased ahead, its stock, so that the
// next request need not wait for the store; no more than it can use soon, and
// those of which nothing is leased come first. It knows endpoints that
// something waits for or is in flight to, and only counts deliveries. For one
// thread at a time.
class Turns {
 public:
  struct Limits {
    // Requests in flight to one endpoint that has no limit of its own.
    int per_endpoint = 8;
    // Requests in flight to the endpoints of one project, and its deliveries
    // that are leased: less than there is room for, so that others find some.
    int per_project = 384;
    int leased_per_project = 1152;
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

  // Something of the endpoint that is not leased is due at `due`, or earlier.
  void Due(const Endpoint& endpoint, absl::Time due, absl::Time now);

  // The endpoint is not to be left alone any longer, however overloaded it was.
  void Resume(const Endpoint& endpoint, absl::Time now);

  // Whose stock to fill at `now`, with how many: `room` in all at most, and
  // `reserve` more, one each, for those of which nothing is leased. Each is
  // named once, until Leased tells what came of it.
  std::vector<LeaseWish> ToLease(absl::Time now, int room, int reserve);

  // The stock of the endpoint has grown by `count`, whose limits are those;
  // nullopt: as before. The next of the others is due at `next_due`.
  void Leased(const Endpoint& endpoint, int count, absl::Time next_due,
              const std::optional<EndpointLimits>& limits, absl::Time now);

  // Whose next request is to begin at `now`: its stock is one less then, and it
  // has one more in flight.
  std::optional<Endpoint> ToBegin(absl::Time now);

  // The stock of the endpoint was given up: it is due again.
  void DropStock(const Endpoint& endpoint, absl::Time now);

  // A request to the endpoint has ended. If it was overloaded, it begins anew
  // after a pause that is at least `pause`.
  enum class Ending { kWell, kFailed, kOverloaded };
  void Ended(const Endpoint& endpoint, Ending ending, absl::Duration pause,
             absl::Time now);

  // When ToLease or ToBegin may have something that they have not now, if
  // nothing else happens.
  absl::Time NextTime() const;

  // When the first that can be attempted and is not begun is due, or was;
  // `stocked` tells it of an endpoint's stock. What is left alone is not due.
  absl::Time OldestDue(
      const std::function<absl::Time(const Endpoint&)>& stocked) const;

  // How many endpoints are known.
  std::size_t size() const { return endpoints_.size(); }

 private:
  struct State {
    Endpoint endpoint;
    absl::Time due = absl::InfiniteFuture();
    int in_flight = 0;
    int stock = 0;
    // How many ToLease has asked for; and what has become due since.
    int asked = 0;
    absl::Time due_since = absl::InfiniteFuture();
    // More are not kept in stock: they are so large.
    int most_stock = std::numeric_limits<int>::max();
    EndpointLimits limits;
    // How many deliveries of it may be leased: those in flight, and the stock.
    int window = 1;
    absl::Time not_before = absl::InfinitePast();
    // Not zero: the endpoint is overloaded.
    absl::Duration pause;
    // When the next request may begin, by its rate.
    absl::Time next_begin = absl::InfinitePast();
    bool is_in_first_line = false;
    bool is_in_lease_line = false;
    bool is_in_begin_line = false;
    // In timers_, unless it is the infinite future.
    absl::Time timer = absl::InfiniteFuture();
  };

  // What the endpoints of a project have together.
  struct Share {
    int in_flight = 0;
    // What is asked for, in stock, or in flight.
    int leased = 0;
  };

  State& Find(const Endpoint& endpoint);
  // Changes what the endpoint has, and its project's share with it.
  void Count(State& state, int asked, int stock, int in_flight);
  bool MayBegin(const std::string& project) const;
  // How many more deliveries of the project may be leased.
  int RoomOf(const std::string& project) const;
  // Puts the endpoint where it belongs, or forgets it.
  void Place(State& state, absl::Time now);
  // When the endpoint's stock is to be filled; and when a request of it may
  // begin. InfiniteFuture: not before something happens.
  absl::Time LeaseTime(const State& state) const;
  absl::Time BeginTime(const State& state) const;
  void SetTimer(State& state, absl::Time time);
  void RunTimers(absl::Time now);
  // How many requests may be in flight to it by its settings, and now; and how
  // many deliveries may be leased.
  int Limit(const State& state) const;
  int Cap(const State& state) const;
  int Window(const State& state) const;
  int MostStock(const State& state) const;
  // The next endpoint to lease for, of those in line; null: there is none.
  State* NextToLease(int room, int reserve);
  // Names it, with as many as there is room for.
  LeaseWish Ask(State& state, int& room, int& reserve);
  int PerSecond(const State& state) const;

  const Limits limits_;
  absl::flat_hash_map<std::string, std::unique_ptr<State>> endpoints_;
  absl::flat_hash_map<std::string, Share> shares_;
  // Those of which nothing is leased, and all.
  Line<State> first_line_;
  Line<State> lease_line_;
  Line<State> begin_line_;
  std::set<std::pair<absl::Time, std::string>> timers_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_TURNS_H_
