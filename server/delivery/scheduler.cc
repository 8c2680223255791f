#include "server/delivery/scheduler.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/delivery/delivery_request.h"
#include "server/runtime/log.h"
#include "storage/changes.h"
#include "storage/timestamp.h"

namespace webhooks::server {
namespace {

// Longer than an attempt may take, recording included.
constexpr absl::Duration kLease = absl::Minutes(2);

// When a call of the queue that failed is made again.
constexpr absl::Duration kPatience = absl::Milliseconds(200);

constexpr int kEndpointsAtOnce = 1000;

// A delivery is only begun while there is as much left of its lease: the
// longest time-out (a minute), and time to record the attempt.
constexpr absl::Duration kLongestAttempt = absl::Seconds(90);

// How many deliveries are leased, in multiples of those in flight; and as many
// as are in flight more, for endpoints of which nothing is leased.
constexpr int kLeasedAhead = 3;

// No new leases while the events of those hold as many bytes; and half as much
// more, for endpoints of which nothing is leased.
constexpr std::size_t kMaxLeasedBytes = 64 << 20;

// nullopt: the webhook cannot receive now.
std::optional<Turns::EndpointLimits> LimitsOf(const EndpointLease& lease) {
  if (!lease.webhook) return std::nullopt;
  Turns::EndpointLimits limits;
  const v1::DeliverySettings& settings = lease.webhook->delivery();
  limits.in_flight = settings.max_in_flight();
  limits.per_second = settings.max_per_second();
  limits.ordered = settings.ordered();
  limits.catches_up = std::any_of(
      lease.deliveries.begin(), lease.deliveries.end(),
      [&](const auto& delivery) { return delivery.due < lease.resumed_at; });
  return limits;
}

Turns::Ending EndingOf(const AttemptResult& result,
                       const HttpOutcome& outcome) {
  if (result.outcome == AttemptResult::Outcome::kDelivered) {
    return Turns::Ending::kWell;
  }
  return IsOverloaded(outcome) ? Turns::Ending::kOverloaded
                               : Turns::Ending::kFailed;
}

// No project has so many in flight that others find no room.
Turns::Limits LimitsOf(const Scheduler::Options& options) {
  Turns::Limits limits = options.turns;
  limits.per_project = std::max(1, options.max_in_flight * 3 / 4);
  limits.leased_per_project = kLeasedAhead * limits.per_project;
  return limits;
}

}  // namespace

Scheduler::Scheduler(DeliveryQueue& queue, Sender& sender, Options options,
                     Clock clock, std::function<double()> dice,
                     Observer observer)
    : queue_(queue),
      sender_(sender),
      options_(std::move(options)),
      clock_(std::move(clock)),
      dice_(std::move(dice)),
      observer_(std::move(observer)),
      loop_(clock_, [this] { return Turn(); }),
      turns_(LimitsOf(options_)) {
  queue_.Watch([this](const EndpointDue& due) {
    loop_.Post([this, due] {
      loop_.turn().AssertHeld();
      Heard(due);
    });
  });
  loop_.Post([this] {
    loop_.turn().AssertHeld();
    LoadEndpoints("");
  });
  loop_.Start();
}

Scheduler::~Scheduler() {
  BeginStop(absl::InfinitePast());
  loop_.Join();
  queue_.Watch(nullptr);
}

void Scheduler::BeginStop(absl::Time deadline) {
  loop_.Post([this, deadline] {
    loop_.turn().AssertHeld();
    if (!stop_by_) stop_by_ = deadline;
  });
}

void Scheduler::Wake() { loop_.Wake(); }

Scheduler::Figures Scheduler::figures() const {
  absl::MutexLock lock(&loop_.turn());
  return {in_flight_, stock_.leased(), turns_.size(),
          turns_.OldestDue([this](const Endpoint& endpoint) {
            loop_.turn().AssertHeld();
            return stock_.OldestDue(endpoint);
          })};
}

std::optional<absl::Time> Scheduler::Turn() {
  loop_.turn().AssertHeld();
  if (!stop_by_) {
    Begin();
    Lease();
    return NextTime();
  }
  if (*stop_by_ <= clock_() && !has_abandoned_) {
    has_abandoned_ = true;
    sender_.Abandon();
  }
  while (const Endpoint* const endpoint = stock_.Any()) {
    DropStock(Endpoint(*endpoint));
  }
  if (outstanding_ > 0) return NextTime();
  return std::nullopt;
}

absl::Time Scheduler::NextTime() const {
  const absl::Time lazy = outstanding_ > 0 ? clock_() + EventLoop::kLaziness
                                           : absl::InfiniteFuture();
  if (!stop_by_) return std::min(lazy, turns_.NextTime());
  return has_abandoned_ ? lazy : std::min(lazy, *stop_by_);
}

void Scheduler::Heard(const EndpointDue& due) {
  if (due.endpoint.webhook.empty()) {
    for (const Endpoint& endpoint : stock_.Of(due.endpoint.project)) {
      DropStock(endpoint);
    }
    return;
  }
  if (due.has_changed) DropStock(due.endpoint);
  if (due.is_urgent) turns_.Resume(due.endpoint, clock_());
  turns_.Due(due.endpoint, due.due, clock_());
}

void Scheduler::LoadEndpoints(const std::string& after) {
  ++outstanding_;
  queue_.ListEndpoints(
      after, kEndpointsAtOnce, {},
      [this, after](absl::StatusOr<std::vector<EndpointDue>> endpoints) {
        loop_.Post([this, after, endpoints = std::move(endpoints)] {
          loop_.turn().AssertHeld();
          --outstanding_;
          if (!endpoints.ok()) {
            return loop_.PostAt(clock_() + kPatience, [this, after] {
              loop_.turn().AssertHeld();
              LoadEndpoints(after);
            });
          }
          for (const EndpointDue& due : *endpoints) {
            turns_.Due(due.endpoint, due.due, clock_());
          }
          if (endpoints->size() == kEndpointsAtOnce) {
            LoadEndpoints(endpoints->back().endpoint.webhook);
          }
        });
      });
}

void Scheduler::Lease() {
  const absl::Time now = clock_();
  const int ahead = kLeasedAhead * options_.max_in_flight;
  int room = ahead - stock_.leased();
  int reserve = ahead + options_.max_in_flight - stock_.leased();
  if (stock_.bytes() >= kMaxLeasedBytes) room = 0;
  if (stock_.bytes() >= kMaxLeasedBytes * 3 / 2) reserve = 0;
  std::vector<LeaseWish> wishes = turns_.ToLease(now, room, reserve);
  if (wishes.empty()) return;
  for (const LeaseWish& wish : wishes) stock_.Ask(wish.limit);
  ++outstanding_;
  queue_.LeaseDue(
      wishes, now, kLease, {},
      [this, wishes, until = now + kLease](
          absl::StatusOr<std::vector<EndpointLease>> leases) {
        loop_.Post([this, wishes, until, leases = std::move(leases)]() mutable {
          loop_.turn().AssertHeld();
          --outstanding_;
          const absl::Time now = clock_();
          for (std::size_t i = 0; i < wishes.size(); ++i) {
            stock_.Answer(wishes[i].limit);
            if (leases.ok()) {
              TakeIn(wishes[i], std::move((*leases)[i]), until);
            } else {
              turns_.Leased(wishes[i].endpoint, 0, now + kPatience,
                            std::nullopt, now);
            }
          }
        });
      });
}

void Scheduler::TakeIn(const LeaseWish& wish, EndpointLease lease,
                       absl::Time until) {
  const absl::Time now = clock_();
  const int count = static_cast<int>(lease.deliveries.size());
  const std::optional<Turns::EndpointLimits> limits = LimitsOf(lease);
  const absl::Time next_due = lease.next_due;
  std::vector<LeasedDelivery> deliveries = std::move(lease.deliveries);
  const auto shared = std::make_shared<const EndpointLease>(std::move(lease));
  for (LeasedDelivery& delivery : deliveries) {
    auto flight = std::make_shared<Flight>();
    flight->result.endpoint = wish.endpoint;
    flight->result.lease = {std::move(delivery.id), delivery.lease};
    flight->result.attempt = delivery.attempt;
    flight->result.patience = options_.patience;
    flight->result.url = shared->webhook->url();
    flight->lease = shared;
    flight->event = std::move(delivery.event);
    flight->trace = std::move(delivery.trace);
    flight->step = delivery.step;
    flight->bytes = flight->event.data().size();
    flight->due = delivery.due;
    flight->leased_until = until;
    flight->is_ordered = limits && limits->ordered;
    stock_.Add(std::move(flight));
  }
  turns_.Leased(wish.endpoint, count, next_due, limits, now);
}

void Scheduler::Begin() {
  while (in_flight_ < options_.max_in_flight) {
    const absl::Time now = clock_();
    const std::optional<Endpoint> endpoint = turns_.ToBegin(now);
    if (!endpoint) return;
    const std::shared_ptr<Flight> flight = stock_.Take(*endpoint);
    if (now + kLongestAttempt <= flight->leased_until) {
      Send(flight);
      continue;
    }
    // It stood in stock for too long.
    queue_.GiveUpLeases({flight->result.lease});
    stock_.End(*flight);
    turns_.Ended(*endpoint, Turns::Ending::kFailed, {}, now);
    DropStock(*endpoint);
    turns_.Due(*endpoint, now, now);
  }
}

void Scheduler::Send(const std::shared_ptr<Flight>& flight) {
  ++outstanding_;
  ++in_flight_;
  flight->begun_at = clock_();
  queue_.BeginAttempt(flight->result.lease);
  const EndpointLease& lease = *flight->lease;
  HttpRequest request = MakeDeliveryRequest(
      *lease.webhook, InForce(lease.secrets, flight->begun_at), flight->event,
      flight->begun_at, options_.timeout);
  flight->span = BeginSpan(flight->trace.traceparent, flight->trace.tracestate);
  AddTrace(flight->span, request);
  flight->event.Clear();
  sender_.Send(std::move(request), [this, flight](const HttpOutcome& outcome) {
    if (outcome.is_abandoned) {
      queue_.GiveUpLeases({flight->result.lease});
      return loop_.Post([this] {
        loop_.turn().AssertHeld();
        --outstanding_;
      });
    }
    Judge(*flight, outcome);
    MakeRoom(*flight);
    // The last touch: once it is recorded, the scheduler may end.
    Record(flight);
  });
}

// On a thread of the sender.
void Scheduler::Judge(Flight& flight, const HttpOutcome& outcome) {
  AttemptResult& result = flight.result;
  result.now = clock_();
  result.record = outcome.attempt;
  result.record.set_number(result.attempt);
  *result.record.mutable_started_at() = ToTimestamp(flight.begun_at);
  options_.retries.Judge(outcome, flight.step,
                         flight.lease->webhook->delivery(), dice_(), result);
  flight.ending = EndingOf(result, outcome);
  flight.pause = options_.retries.PauseOf(outcome, result.now);
}

// The next request to the same endpoint need not wait until this one is
// recorded, unless it must see the outcome.
void Scheduler::MakeRoom(const Flight& flight) {
  if (flight.is_ordered) return;
  loop_.PostHere([this, endpoint = flight.result.endpoint,
                  ending = flight.ending, pause = flight.pause,
                  now = flight.result.now] {
    loop_.turn().AssertHeld();
    if (ending == Turns::Ending::kOverloaded) DropStock(endpoint);
    turns_.Ended(endpoint, ending, pause, now);
  });
}

// On any thread.
void Scheduler::Record(const std::shared_ptr<Flight>& flight) {
  queue_.RecordAttempt(flight->result, {},
                       [this, flight](const absl::Status& status) {
                         EventLoop::Event event = [this, flight, status] {
                           loop_.turn().AssertHeld();
                           Recorded(flight, status);
                         };
                         if (flight->is_ordered)
                           return loop_.Post(std::move(event));
                         loop_.PostLazily(std::move(event));
                       });
}

void Scheduler::Recorded(const std::shared_ptr<Flight>& flight,
                         const absl::Status& status) {
  const absl::Time now = clock_();
  if (!status.ok() && IsWorthRecording(*flight, status, now)) {
    return loop_.PostAt(now + kPatience, [this, flight] { Record(flight); });
  }
  --outstanding_;
  --in_flight_;
  stock_.End(*flight);
  const AttemptResult& result = flight->result;
  if (flight->is_ordered) {
    turns_.Ended(result.endpoint, flight->ending, flight->pause, now);
  }
  if (status.ok()) return observer_(result, flight->span);
  Log(LogLevel::kError, "attempt not recorded",
      {{"delivery", result.lease.delivery}, {"cause", status.message()}});
  turns_.Due(result.endpoint, flight->leased_until, now);
}

// A disk that is full may be so for long. Any other failure may be of this
// attempt alone, and must not keep its place for ever.
bool Scheduler::IsWorthRecording(Flight& flight, const absl::Status& status,
                                 absl::Time now) {
  if (absl::IsAborted(status) || has_abandoned_) return false;
  const bool is_passing =
      absl::IsResourceExhausted(status) || absl::IsUnavailable(status);
  if (!is_passing) return now < flight.leased_until;
  flight.leased_until = now + kLease;
  queue_.RenewLease(flight.result.lease, flight.leased_until);
  return true;
}

void Scheduler::DropStock(const Endpoint& endpoint) {
  const std::vector<LeaseName> leases = stock_.Drop(endpoint);
  if (leases.empty()) return;
  queue_.GiveUpLeases(leases);
  turns_.DropStock(endpoint, clock_());
}

}  // namespace webhooks::server
