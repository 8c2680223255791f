#ifndef WEBHOOKS_TESTS_UNIT_SERVER_DELIVERY_ENDPOINT_QUEUE_FIXTURE_H_
#define WEBHOOKS_TESTS_UNIT_SERVER_DELIVERY_ENDPOINT_QUEUE_FIXTURE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/delivery/endpoint_queue.h"

namespace webhooks::server {

inline const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

// A queue with a fake clock. An endpoint may have 4 requests in flight.
class EndpointQueueTest : public ::testing::Test {
 protected:
  using Attempt = std::shared_ptr<LeasedAttempt>;
  using Outcome = EndpointPace::Outcome;
  using Settings = EndpointPace::Settings;

  explicit EndpointQueueTest(EndpointQueue::Limits limits = Limits())
      : queue_(limits, pauses_) {}

  static EndpointQueue::Limits Limits() {
    EndpointQueue::Limits limits;
    limits.endpoint.max_in_flight = 4;
    return limits;
  }

  void SetDue(const Endpoint& endpoint,
              absl::Duration in = absl::ZeroDuration()) {
    queue_.SetDue(endpoint, now_ + in, now_);
  }

  // Answers a request with `count` deliveries of `bytes` each; the next one is
  // due at `next_due`.
  void Answer(const LeaseRequest& request, int count, std::int64_t bytes = 10,
              absl::Time next_due = absl::InfiniteFuture(),
              std::optional<Settings> settings = std::nullopt) {
    EndpointQueue::Leased leased;
    leased.next_due = next_due;
    leased.settings = settings;
    for (int i = 0; i < count; ++i) {
      auto attempt = std::make_shared<LeasedAttempt>();
      attempt->result.endpoint = request.endpoint;
      attempt->result.lease = {"delivery", ++lease_};
      attempt->bytes = bytes;
      attempt->due = now_;
      attempt->leased_until = now_ + absl::Minutes(2);
      leased.attempts.push_back(std::move(attempt));
    }
    queue_.AddLeased(request, std::move(leased), now_);
  }

  // Returns the endpoints to lease for, each with the number of deliveries.
  std::vector<std::string> Lease() {
    requests_ = queue_.TakeLeaseRequests(now_);
    std::vector<std::string> names;
    for (const LeaseRequest& request : requests_) {
      names.push_back(request.endpoint.webhook + std::to_string(request.limit));
    }
    return names;
  }

  // Starts at most `max` attempts; returns their endpoints.
  std::vector<std::string> StartAttempts(int max = 1000) {
    std::vector<std::string> names;
    while (static_cast<int>(names.size()) < max) {
      Attempt attempt = queue_.TakeNext(now_);
      if (attempt == nullptr) break;
      names.push_back(attempt->result.endpoint.webhook);
      started_.push_back(std::move(attempt));
    }
    return names;
  }

  // Finishes the oldest attempt in flight.
  void FinishAttempt(Outcome outcome = Outcome::kDelivered,
                     absl::Duration retry_after = absl::ZeroDuration()) {
    const Attempt attempt = started_.front();
    started_.erase(started_.begin());
    attempt->pace_outcome = outcome;
    attempt->retry_after = retry_after;
    queue_.FinishAttempt(*attempt, now_);
    queue_.Release(*attempt);
  }

  // Makes an endpoint with the full window of its settings, with prefetched
  // attempts and nothing else due.
  struct Prefetched {
    Endpoint endpoint;
    int count = 0;
    Settings settings = {};
  };

  void Prefetch(const std::vector<Prefetched>& all) {
    for (const Prefetched& one : all) Grow(one.endpoint);
    for (const Prefetched& one : all) {
      SetDue(one.endpoint);
      Answer(queue_.TakeLeaseRequests(now_).at(0), one.count, 10,
             absl::InfiniteFuture(), one.settings);
    }
  }

  Endpoint Prefetch(const std::string& project, const std::string& webhook,
                    int count, const Settings& settings = {}) {
    Prefetch({{{project, webhook}, count, settings}});
    return {project, webhook};
  }

  // Runs requests until the endpoint's window has its full size.
  void Grow(const Endpoint& endpoint) {
    for (int i = 0; i < 60; ++i) {
      SetDue(endpoint);
      Answer(queue_.TakeLeaseRequests(now_).at(0), 1, 10,
             now_ + absl::Hours(1));
      StartAttempts();
      FinishAttempt();
    }
  }

  absl::Time PausedUntil(const Endpoint& endpoint) const {
    return pauses_.Until(endpoint.webhook, now_);
  }

  absl::Time now_ = kStart;
  EndpointPauses pauses_;
  EndpointQueue queue_;
  std::vector<LeaseRequest> requests_;
  std::vector<Attempt> started_;
  int lease_ = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_TESTS_UNIT_SERVER_DELIVERY_ENDPOINT_QUEUE_FIXTURE_H_
