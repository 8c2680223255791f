#ifndef WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PACE_H_
#define WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PACE_H_

#include <algorithm>

#include "absl/time/time.h"
#include "server/delivery/request_rate.h"

namespace webhooks::server {

// Decides how many requests one endpoint gets, and when. It begins with one at
// a time, and with each that ends it may have one more, as a connection of TCP
// does: an endpoint that hangs holds little. One that has all that it may have
// in flight is prefetched for, so that its next request need not wait for the
// store. An overloaded endpoint is paused, and begins anew with one request.
// Times are of the steady clock. Not thread-safe.
class EndpointPace {
 public:
  // For endpoints whose webhook does not say.
  struct Limits {
    int max_in_flight = 8;
    // For an endpoint that catches up on what was held.
    int catch_up_per_second = 20;
    // The pause of an overloaded endpoint: the first one, and the longest; each
    // is twice as long as the one before, until a request succeeds.
    absl::Duration first_pause = absl::Seconds(1);
    absl::Duration longest_pause = absl::Minutes(1);
  };

  // The webhook's settings.
  struct Settings {
    // 0: that of Limits.
    int max_in_flight = 0;
    // 0: no limit.
    int max_per_second = 0;
    bool ordered = false;
    // Some of what is prefetched had been held.
    bool catches_up = false;
  };

  // The end of a request, as the pace sees it.
  enum class Ending {
    kDelivered,
    kFailed,
    kOverloaded,
    // Nothing was sent, for want of something of this process: it says nothing
    // of the receiver.
    kNotSent,
  };

  // The next request waits for as long where one could not be sent.
  static constexpr absl::Duration kUnsentDelay = absl::Seconds(1);

  // `limits` must outlive this.
  explicit EndpointPace(const Limits& limits) : limits_(&limits) {}

  const Settings& settings() const { return settings_; }
  void Set(const Settings& settings) { settings_ = settings; }

  // Returns when the pause ends, or has ended.
  absl::Time paused_until() const { return paused_until_; }

  // Returns the earliest time of a next request, however few are in flight: the
  // end of the pause, or of the wait for what could not be sent.
  absl::Time NotBefore() const {
    return std::max(paused_until_, unsent_until_);
  }

  // Ends the pause. Requests that have begun count no longer: they say nothing
  // of the receiver as it is from now on.
  void Resume();

  // Has requests that have begun count no longer, as their receiver may be
  // another one. The pause goes on.
  void Restart() { restarted_in_ = ++epoch_; }

  // Returns when the next request may begin, with `in_flight` unfinished ones;
  // InfiniteFuture: not before one of them ends.
  absl::Time NextBegin(int in_flight) const;

  // A request begins at `now`, which is not before NextBegin. Returns its
  // epoch, for End.
  int Begin(absl::Time now);

  // A request ends that began in `epoch`. An overloaded endpoint is paused for
  // `retry_after` at least. Success of a request that began before the pause
  // does not show that the pause has helped, and lets no more requests begin.
  void End(int epoch, Ending ending, absl::Duration retry_after,
           absl::Time now);

  // Returns how many deliveries may be prefetched.
  int MostPrefetched() const;

  // Returns how many may be leased: prefetched, or `in_flight`.
  int MostLeased(int in_flight) const;

  // Returns until when the endpoint must be remembered, though nothing waits.
  absl::Time RememberUntil() const;

 private:
  void Pause(absl::Duration at_least, absl::Time now);
  int MostInFlight() const;
  // 0: no limit.
  int PerSecond() const;

  const Limits* limits_;
  Settings settings_;
  // Each pause, and each Restart, begins another one.
  int epoch_ = 0;
  // Requests of an earlier epoch do not count.
  int restarted_in_ = 0;
  // The most that may be leased; grows with each request of this epoch that
  // ends.
  int window_ = 1;
  absl::Time paused_until_ = absl::InfinitePast();
  absl::Time unsent_until_ = absl::InfinitePast();
  // Zero if the last request was no sign of overload.
  absl::Duration pause_;
  RequestRate rate_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PACE_H_
