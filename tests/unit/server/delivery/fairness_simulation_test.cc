#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/delivery/endpoint_queue.h"

namespace webhooks::server {
namespace {

using Outcome = EndpointPace::Outcome;

// A receiver: its behavior, and the deliveries that wait for it.
struct Receiver {
  int waiting = 0;
  std::int64_t bytes = 100;
  absl::Duration takes;
  bool hangs = false;
  int delivered = 0;
};

constexpr absl::Duration kTimeout = absl::Seconds(60);

// A simulation of the queue with its default limits, a store that answers one
// call at a time, and receivers.
class Simulation {
 public:
  void Add(const Endpoint& endpoint, const Receiver& receiver) {
    receivers_[endpoint.webhook] = receiver;
    queue_.SetDue(endpoint, now_, now_);
  }

  // Adds webhooks of the project whose receivers never answer.
  void AddHanging(const std::string& project, int webhooks, int events,
                  std::int64_t bytes) {
    for (int i = 0; i < webhooks; ++i) {
      Add({project, absl::StrCat(project, i)},
          {events, bytes, kTimeout, /*hangs=*/true});
    }
  }

  void RunFor(absl::Duration duration) {
    const absl::Time end = now_ + duration;
    Turn();
    while (!events_.empty() && events_.begin()->first <= end) {
      auto event = events_.extract(events_.begin());
      now_ = std::max(now_, event.key());
      event.mapped()();
      Turn();
    }
    now_ = end;
  }

  int Delivered(const std::string& webhook) const {
    return receivers_.at(webhook).delivered;
  }

 private:
  using Attempt = std::shared_ptr<LeasedAttempt>;

  void At(absl::Time time, std::function<void()> event) {
    events_.emplace(time, std::move(event));
  }

  void Turn() {
    while (Attempt attempt = queue_.TakeNext(now_)) Send(std::move(attempt));
    for (const LeaseName& lease : queue_.TakeDropped()) {
      ++receivers_.at(lease.delivery).waiting;
    }
    const std::vector<LeaseRequest> requests = queue_.TakeLeaseRequests(now_);
    if (!requests.empty()) {
      store_free_ = std::max(store_free_, now_) + absl::Milliseconds(2) +
                    requests.size() * absl::Microseconds(100);
      At(store_free_, [this, requests] {
        for (const LeaseRequest& request : requests) Lease(request);
      });
    }
    const absl::Time next = queue_.NextTime();
    if (next < next_look_ || next_look_ <= now_) {
      next_look_ = next;
      if (next != absl::InfiniteFuture()) At(next, [] {});
    }
  }

  void Lease(const LeaseRequest& request) {
    Receiver& receiver = receivers_.at(request.endpoint.webhook);
    EndpointQueue::Leased leased;
    std::int64_t bytes = 0;
    while (receiver.waiting > 0 && bytes < (1 << 20) &&
           static_cast<int>(leased.attempts.size()) < request.limit) {
      auto attempt = std::make_shared<LeasedAttempt>();
      attempt->result.endpoint = request.endpoint;
      attempt->result.lease.delivery = request.endpoint.webhook;
      attempt->bytes = receiver.bytes;
      attempt->leased_until = now_ + absl::Minutes(2);
      leased.attempts.push_back(std::move(attempt));
      bytes += receiver.bytes;
      --receiver.waiting;
    }
    if (receiver.waiting > 0) leased.next_due = now_;
    queue_.AddLeased(request, std::move(leased), now_);
  }

  void Send(Attempt attempt) {
    const Receiver& receiver = receivers_.at(attempt->result.endpoint.webhook);
    At(now_ + receiver.takes, [this, attempt] { End(*attempt); });
  }

  void End(LeasedAttempt& attempt) {
    Receiver& receiver = receivers_.at(attempt.result.endpoint.webhook);
    attempt.pace_outcome =
        receiver.hangs ? Outcome::kOverloaded : Outcome::kDelivered;
    if (receiver.hangs) {
      ++receiver.waiting;
      queue_.SetDue(attempt.result.endpoint, now_ + absl::Seconds(5), now_);
    } else {
      ++receiver.delivered;
    }
    queue_.FinishAttempt(attempt, now_);
    queue_.Release(attempt);
  }

  EndpointPauses pauses_;
  EndpointQueue queue_{EndpointQueue::Limits(), pauses_};
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  absl::Time store_free_ = absl::InfinitePast();
  absl::Time next_look_ = absl::InfinitePast();
  std::map<std::string, Receiver> receivers_;
  std::multimap<absl::Time, std::function<void()>> events_;
};

// Returns how many events of a project, of 20 ms each, are delivered within two
// minutes while other projects load the queue.
int HealthyRate(const std::function<void(Simulation&)>& load, int events = 1000,
                std::int64_t bytes = 100) {
  Simulation simulation;
  load(simulation);
  // The others first take as much as they can get.
  simulation.RunFor(absl::Seconds(5));
  simulation.Add({"a", "healthy"},
                 {1000 * events, bytes, absl::Milliseconds(20)});
  simulation.RunFor(absl::Minutes(2));
  return simulation.Delivered("healthy");
}

double Part(const std::function<void(Simulation&)>& load,
            std::int64_t bytes = 100) {
  const int alone = HealthyRate([](Simulation&) {}, 1000, bytes);
  const int beside = HealthyRate(load, 1000, bytes);
  const double part = static_cast<double>(beside) / alone;
  ::testing::Test::RecordProperty("part", absl::StrCat(part));
  return part;
}

TEST(FairnessSimulation, ThreeThousandHangingWebhooksLeaveOthersTheirRate) {
  EXPECT_GE(Part([](Simulation& simulation) {
              simulation.AddHanging("b", 3000, 1, 100);
            }),
            0.9);
}

TEST(FairnessSimulation, HangingLargeEventsLeaveOthersTheirRate) {
  EXPECT_GE(Part([](Simulation& simulation) {
              simulation.AddHanging("b", 600, 1, 256 << 10);
            }),
            0.9);
}

TEST(FairnessSimulation, TwoHangingProjectsLeaveAThirdItsRate) {
  EXPECT_GE(Part([](Simulation& simulation) {
              simulation.AddHanging("b", 3000, 10, 100);
              simulation.AddHanging("c", 600, 10, 256 << 10);
            }),
            0.9);
}

TEST(FairnessSimulation, TwoProjectsOfLargeEventsLeaveAThirdItsRate) {
  const auto load = [](Simulation& simulation) {
    simulation.AddHanging("b", 3000, 10, 256 << 10);
    simulation.AddHanging("c", 3000, 10, 256 << 10);
  };
  EXPECT_GE(Part(load), 0.9);
  EXPECT_GE(Part(load, 64 << 10), 0.9);
}

TEST(FairnessSimulation, AnyNumberOfProjectsLeavesEachOneAPlace) {
  const int beside = HealthyRate([](Simulation& simulation) {
    for (int i = 0; i < 200; ++i) {
      simulation.AddHanging(absl::StrCat("b", i, "-"), 20, 10, 256 << 10);
    }
  });
  // One request after another, with a lease for each.
  const int alone = 120 * 1000 / (20 + 3);
  EXPECT_GE(beside, 0.9 * alone);
}

}  // namespace
}  // namespace webhooks::server
