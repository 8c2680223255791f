#ifndef WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PACE_H_
#define WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PACE_H_

#include <algorithm>

#include "absl/time/time.h"
#include "server/delivery/request_rate.h"

namespace webhooks::server {

// Decides how many requests one endpoint gets, and when. The number of requests
// in flight starts at one and grows by one with each that finishes, similar to
// the slow start of TCP, so that an endpoint that hangs occupies few places.
// Once an endpoint has reached its limit, deliveries are prefetched for it, so
// that its next request need not wait for the store. An overloaded endpoint is
// paused, and starts again with one request. Times are of the steady clock. Not
// thread-safe.
class EndpointPace {
 public:
  // The limits of endpoints whose webhook does not set its own.
  struct Limits {
    int max_in_flight = 8;
    // Requests per second to an endpoint that catches up on deliveries that
    // were held while its webhook was inactive.
    int catch_up_per_second = 20;
    // The pauses of an overloaded endpoint. Each is twice as long as the one
    // before, until a request succeeds.
    absl::Duration first_pause = absl::Seconds(1);
    absl::Duration max_pause = absl::Minutes(1);
  };

  // The webhook's settings.
  struct Settings {
    // 0 for the value in Limits.
    int max_in_flight = 0;
    // 0 for no limit.
    int max_per_second = 0;
    bool ordered = false;
    // Some of the prefetched deliveries had been held.
    bool catches_up = false;
  };

  // The outcome of a request, in the categories that affect the pace.
  enum class Outcome {
    kDelivered,
    kFailed,
    kOverloaded,
    // This process could not send the request. Says nothing about the receiver.
    kNotSent,
  };

  // The wait after a request that could not be sent.
  static constexpr absl::Duration kNotSentDelay = absl::Seconds(1);

  // `limits` must outlive this.
  explicit EndpointPace(const Limits& limits) : limits_(&limits) {}

  const Settings& settings() const { return settings_; }
  void set_settings(const Settings& settings) { settings_ = settings; }

  // Returns the end of the current or the last pause.
  absl::Time paused_until() const { return paused_until_; }

  // Returns the end of the pause, or of the wait after a request that could not
  // be sent.
  absl::Time EarliestStart() const {
    return std::max(paused_until_, not_sent_until_);
  }

  // Ends the pause, and ignores the outcome of requests that have started.
  void Resume();

  // Ignores the outcome of requests that have started, since the webhook may
  // have another receiver now. Does not end the pause.
  void Restart() { restarted_in_ = ++epoch_; }

  // Returns when the next request may start, with `in_flight` unfinished ones;
  // InfiniteFuture if one of them must finish first.
  absl::Time NextStart(int in_flight) const;

  // Counts a request that starts at `now`, which must not be before NextStart.
  // Returns its epoch, for FinishRequest.
  int StartRequest(absl::Time now);

  // Counts the outcome of a request that started in `epoch`. An overloaded
  // endpoint is paused for at least `retry_after`. The success of a request
  // that started before the pause does not show that the pause has helped, and
  // does not allow more requests.
  void FinishRequest(int epoch, Outcome outcome, absl::Duration retry_after,
                     absl::Time now);

  // Returns the maximum number of prefetched deliveries.
  int MaxPrefetched() const;

  // Returns the maximum number of leased deliveries: those prefetched and the
  // `in_flight` ones.
  int MaxLeased(int in_flight) const;

  // Returns the time until which this must be kept, even if no delivery waits.
  absl::Time KeepUntil() const;

 private:
  void Pause(absl::Duration at_least, absl::Time now);
  int MaxInFlight() const;
  // Returns 0 for no limit.
  int MaxPerSecond() const;

  const Limits* limits_;
  Settings settings_;
  // Incremented by each pause and each Restart.
  int epoch_ = 0;
  // The epoch of the latest Restart. Outcomes of earlier epochs are ignored.
  int restarted_in_ = 0;
  // The maximum number of leases, as far as the window allows; grows with each
  // request of this epoch that finishes.
  int window_ = 1;
  absl::Time paused_until_ = absl::InfinitePast();
  absl::Time not_sent_until_ = absl::InfinitePast();
  // The length of the last pause; zero once a request has succeeded since.
  absl::Duration pause_;
  RequestRate rate_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_ENDPOINT_PACE_H_
