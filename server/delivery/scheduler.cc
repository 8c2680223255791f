#include "server/delivery/scheduler.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/delivery/delivery_request.h"
#include "server/runtime/log.h"
#include "storage/changes.h"

namespace webhooks::server {
namespace {

using Ending = EndpointPace::Ending;

// Longer than an attempt may take, recording included.
constexpr absl::Duration kLease = absl::Minutes(2);

// When a call of the store that failed is made again.
constexpr absl::Duration kRetryAfter = absl::Milliseconds(200);

constexpr int kEndpointsAtOnce = 1000;

// The clocks are compared as often at least, to notice a jump of the time of
// day.
constexpr absl::Duration kClockCheckInterval = absl::Seconds(5);

// By how much more than this the clocks must drift apart for it to be a jump.
constexpr absl::Duration kJump = absl::Milliseconds(50);

// Damage does not pass: the webhook is deactivated.
bool IsAnswered(const absl::Status& status) {
  return status.ok() || absl::IsDataLoss(status);
}

}  // namespace

Scheduler::Scheduler(DeliveryQueue& queue, Sender& sender, Options options,
                     Clocks clocks, std::function<double()> uniform_random,
                     Observer observer)
    : store_(queue),
      sender_(sender),
      options_(std::move(options)),
      clocks_(std::move(clocks)),
      uniform_random_(std::move(uniform_random)),
      observer_(std::move(observer)),
      loop_(clocks_.steady, [this] { return Work(); }),
      queue_(options_.queue, pauses_),
      wall_ahead_(clocks_.wall() - clocks_.steady()) {
  store_.Watch([this](const EndpointDue& due) {
    loop_.Post([this, due] {
      loop_.mutex().AssertHeld();
      SetDue(due);
    });
  });
  loop_.Post([this] {
    loop_.mutex().AssertHeld();
    LoadEndpoints("");
  });
  loop_.Start();
}

Scheduler::~Scheduler() {
  BeginStop(absl::ZeroDuration());
  loop_.Join();
  store_.Watch(nullptr);
}

void Scheduler::BeginStop(absl::Duration grace) {
  loop_.Post([this, deadline = clocks_.steady() + grace] {
    loop_.mutex().AssertHeld();
    if (!stop_by_) stop_by_ = deadline;
  });
}

void Scheduler::Wake() {
  loop_.Post([] {});
}

Scheduler::Figures Scheduler::figures() const {
  absl::MutexLock lock(&loop_.mutex());
  return {
      queue_.in_flight(), queue_.leased(), queue_.size(),
      std::max(clocks_.steady() - queue_.OldestDue(), absl::ZeroDuration())};
}

std::optional<absl::Time> Scheduler::PausedUntil(
    const Endpoint& endpoint) const {
  const absl::Time now = clocks_.steady();
  const absl::Time until = pauses_.Until(endpoint.webhook, now);
  if (until == absl::InfinitePast()) return std::nullopt;
  return clocks_.wall() + (until - now);
}

std::optional<absl::Time> Scheduler::Work() {
  loop_.mutex().AssertHeld();
  // One time for all, so that no timer runs out unseen between two steps.
  const absl::Time now = clocks_.steady();
  CompareClocks(now);
  if (!stop_by_) {
    Begin(now);
    GiveUpDropped();
    Lease(now);
    return NextTime();
  }
  if (*stop_by_ <= now && !has_abandoned_) {
    has_abandoned_ = true;
    sender_.Abandon();
  }
  queue_.DropPrefetched(now);
  GiveUpDropped();
  if (outstanding_ > 0) return NextTime();
  return std::nullopt;
}

absl::Time Scheduler::NextTime() const {
  const absl::Time now = clocks_.steady();
  absl::Time lazy = absl::InfiniteFuture();
  if (queue_.size() > 0) lazy = now + kClockCheckInterval;
  if (outstanding_ > 0) lazy = now + EventLoop::kMaxLazyDelay;
  if (!stop_by_) return std::min(lazy, queue_.NextTime());
  return has_abandoned_ ? lazy : std::min(lazy, *stop_by_);
}

void Scheduler::CompareClocks(absl::Time now) {
  const absl::Duration ahead = clocks_.wall() - now;
  const absl::Duration jump = ahead - wall_ahead_;
  if (absl::AbsDuration(jump) < kJump) return;
  wall_ahead_ = ahead;
  queue_.AdvanceDue(jump, now);
}

absl::Time Scheduler::Steady(absl::Time wall) const {
  return wall - wall_ahead_;
}

void Scheduler::SetDue(const EndpointDue& due) {
  const absl::Time now = clocks_.steady();
  if (due.endpoint.webhook.empty()) {
    return queue_.DropPrefetched(due.endpoint.project, now);
  }
  if (due.has_changed) queue_.DropChanged(due.endpoint, now);
  if (due.is_urgent) queue_.Resume(due.endpoint, now);
  queue_.SetDue(due.endpoint, Steady(due.due), now);
}

void Scheduler::LoadEndpoints(const std::string& after) {
  ++outstanding_;
  store_.ListEndpoints(
      after, kEndpointsAtOnce, {},
      [this, after](absl::StatusOr<std::vector<EndpointDue>> endpoints) {
        loop_.Post([this, after, endpoints = std::move(endpoints)] {
          loop_.mutex().AssertHeld();
          --outstanding_;
          if (!endpoints.ok()) {
            return loop_.PostAt(clocks_.steady() + kRetryAfter, [this, after] {
              loop_.mutex().AssertHeld();
              LoadEndpoints(after);
            });
          }
          for (const EndpointDue& due : *endpoints) SetDue(due);
          if (endpoints->size() == kEndpointsAtOnce) {
            LoadEndpoints(endpoints->back().endpoint.webhook);
          }
        });
      });
}

void Scheduler::Lease(absl::Time now) {
  std::vector<LeaseRequest> requests = queue_.TakeLeaseRequests(now);
  if (requests.empty()) return;
  ++outstanding_;
  store_.LeaseDue(requests, clocks_.wall(), kLease, {},
                  [this, requests, until = now + kLease](
                      absl::StatusOr<std::vector<EndpointLease>> leases) {
                    loop_.Post([this, requests, until,
                                leases = std::move(leases)]() mutable {
                      loop_.mutex().AssertHeld();
                      --outstanding_;
                      const absl::Time now = clocks_.steady();
                      for (std::size_t i = 0; i < requests.size(); ++i) {
                        EndpointQueue::Leased leased;
                        leased.next_due = now + kRetryAfter;
                        if (leases.ok() && IsAnswered((*leases)[i].status)) {
                          leased = ReadLease(requests[i].endpoint,
                                             std::move((*leases)[i]), until);
                        }
                        queue_.AddLeased(requests[i], std::move(leased), now);
                      }
                    });
                  });
}

EndpointQueue::Leased Scheduler::ReadLease(const Endpoint& endpoint,
                                           EndpointLease lease,
                                           absl::Time until) const {
  EndpointQueue::Leased leased;
  leased.next_due = Steady(lease.next_due);
  if (!lease.webhook) return leased;
  leased.settings = SettingsOf(lease);
  leased.attempts = MakeAttempts(endpoint, std::move(lease));
  for (const auto& attempt : leased.attempts) {
    attempt->due = Steady(attempt->due);
    attempt->leased_until = until;
    attempt->result.deactivate_after = options_.deactivate_after;
  }
  return leased;
}

void Scheduler::Begin(absl::Time now) {
  while (const auto attempt = queue_.TakeNext(now)) {
    Send(attempt);
  }
}

void Scheduler::GiveUpDropped() {
  const std::vector<LeaseName> dropped = queue_.TakeDropped();
  if (!dropped.empty()) store_.GiveUpLeases(dropped);
}

void Scheduler::Send(const std::shared_ptr<LeasedAttempt>& attempt) {
  ++outstanding_;
  attempt->started_at = clocks_.wall();
  store_.BeginAttempt(attempt->result.lease);
  const EndpointLease& lease = *attempt->lease;
  HttpRequest request = MakeDeliveryRequest(
      *lease.webhook, InForce(lease.secrets, attempt->started_at),
      attempt->event, attempt->started_at, options_.timeout);
  attempt->span =
      BeginSpan(attempt->trace.traceparent, attempt->trace.tracestate);
  AddTrace(attempt->span, request);
  attempt->event.Clear();
  sender_.Send(std::move(request), [this, attempt](const HttpOutcome& outcome) {
    if (outcome.is_abandoned || outcome.is_out_of_files) {
      store_.GiveUpLeases({attempt->result.lease});
      return loop_.Post([this, attempt] {
        loop_.mutex().AssertHeld();
        --outstanding_;
        PutOff(*attempt);
      });
    }
    Classify(options_.retries, outcome, clocks_.wall(), uniform_random_(),
             *attempt);
    MakeRoom(attempt);
    // The last touch: once it is recorded, the scheduler may end.
    Record(attempt);
  });
}

// Nothing was sent, and the process may be able to in a moment. The receiver
// has no part in it.
void Scheduler::PutOff(LeasedAttempt& attempt) {
  const absl::Time now = clocks_.steady();
  attempt.ending = Ending::kNotSent;
  queue_.EndAttempt(attempt, now);
  queue_.Release(attempt);
  queue_.SetDue(attempt.result.endpoint, now, now);
  if (has_abandoned_ || !put_off_lines_.IsDue()) return;
  Log(LogLevel::kError, "deliveries wait, as the process is out of open files",
      {});
}

// The next request to the same endpoint need not wait until this one is
// recorded, unless it must see the outcome.
void Scheduler::MakeRoom(const std::shared_ptr<LeasedAttempt>& attempt) {
  if (attempt->is_ordered) return;
  loop_.RunOrPost([this, attempt] {
    loop_.mutex().AssertHeld();
    queue_.EndAttempt(*attempt, clocks_.steady());
  });
}

// On any thread.
void Scheduler::Record(const std::shared_ptr<LeasedAttempt>& attempt) {
  store_.RecordAttempt(attempt->result, {},
                       [this, attempt](const absl::Status& status) {
                         EventLoop::Event event = [this, attempt, status] {
                           loop_.mutex().AssertHeld();
                           Recorded(attempt, status);
                         };
                         if (attempt->is_ordered)
                           return loop_.Post(std::move(event));
                         loop_.PostLazily(std::move(event));
                       });
}

void Scheduler::Recorded(const std::shared_ptr<LeasedAttempt>& attempt,
                         const absl::Status& status) {
  const absl::Time now = clocks_.steady();
  if (!status.ok() && IsWorthRecording(*attempt, status, now)) {
    return loop_.PostAt(now + kRetryAfter,
                        [this, attempt] { Record(attempt); });
  }
  --outstanding_;
  if (attempt->is_ordered) queue_.EndAttempt(*attempt, now);
  queue_.Release(*attempt);
  const AttemptResult& result = attempt->result;
  if (status.ok()) return observer_(result, attempt->span);
  Log(LogLevel::kError, "attempt not recorded",
      {{"delivery", result.lease.delivery}, {"cause", status.message()}});
  queue_.SetDue(result.endpoint, attempt->leased_until, now);
}

// A disk that is full may be so for long. Any other failure may be of this
// attempt alone, and must not keep its place for ever.
bool Scheduler::IsWorthRecording(LeasedAttempt& attempt,
                                 const absl::Status& status, absl::Time now) {
  if (absl::IsAborted(status) || has_abandoned_) return false;
  const bool is_passing =
      absl::IsResourceExhausted(status) || absl::IsUnavailable(status);
  if (!is_passing) return now < attempt.leased_until;
  attempt.leased_until = now + kLease;
  store_.RenewLease(attempt.result.lease, kLease);
  return true;
}

}  // namespace webhooks::server
