#include "server/delivery/scheduler.h"

#include <algorithm>
#include <utility>

#include "server/delivery/delivery_request.h"
#include "server/runtime/log.h"
#include "storage/timestamp.h"

namespace webhooks::server {
namespace {

// Longer than an attempt may take, recording included.
constexpr absl::Duration kLease = absl::Minutes(2);

// When a call of the queue that failed is made again.
constexpr absl::Duration kPatience = absl::Milliseconds(200);

constexpr int kEndpointsAtOnce = 1000;

// No new leases while the events in flight hold as many bytes.
constexpr std::size_t kMaxBusyBytes = 64 << 20;

Turns::EndpointLimits LimitsOf(const EndpointLease& lease) {
  Turns::EndpointLimits limits;
  if (!lease.webhook) return limits;
  const v1::DeliverySettings& settings = lease.webhook->delivery();
  limits.in_flight = settings.max_in_flight();
  limits.per_second = settings.max_per_second();
  limits.ordered = settings.ordered();
  limits.catches_up = std::any_of(
      lease.deliveries.begin(), lease.deliveries.end(),
      [&](const auto& delivery) { return delivery.due < lease.resumed_at; });
  return limits;
}

Turns::Ending EndingOf(const AttemptResult& result) {
  if (result.outcome == AttemptResult::Outcome::kDelivered) {
    return Turns::Ending::kWell;
  }
  return IsOverloaded(result.record) ? Turns::Ending::kOverloaded
                                     : Turns::Ending::kFailed;
}

}  // namespace

struct Scheduler::Flight {
  AttemptResult result;
  std::shared_ptr<const EndpointLease> lease;
  int step = 1;
  std::size_t bytes = 0;
  // When the lease ends.
  absl::Time until;
  bool is_ordered = false;
  Turns::Ending ending = Turns::Ending::kFailed;
  // How long the receiver asked to be left alone.
  absl::Duration pause;
};

Scheduler::Scheduler(DeliveryQueue& queue, Sender& sender, Options options,
                     Clock clock, std::function<double()> dice,
                     Observer observer)
    : queue_(queue),
      sender_(sender),
      options_(std::move(options)),
      clock_(std::move(clock)),
      dice_(std::move(dice)),
      observer_(std::move(observer)),
      turns_(options_.turns),
      thread_([this] { Run(); }) {}

Scheduler::~Scheduler() {
  BeginStop(absl::InfinitePast());
  thread_.join();
}

void Scheduler::BeginStop(absl::Time deadline) {
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return;
    stopping_ = true;
    stop_by_ = deadline;
  }
  Wake();
}

void Scheduler::Wake() {
  Post([] {});
}

void Scheduler::Post(Event event) {
  absl::MutexLock lock(&mutex_);
  inbox_.push_back(std::move(event));
}

void Scheduler::PostAt(absl::Time time, Event event) {
  later_.emplace(time, std::move(event));
}

void Scheduler::Run() {
  queue_.Watch([this](const EndpointDue& due) {
    Post([this, due] { turns_.Due(due.endpoint, due.due, clock_()); });
  });
  LoadEndpoints("");
  while (Turn()) {
    const absl::Duration wait = NextTime() - clock_();
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(
        absl::Condition(
            +[](std::vector<Event>* inbox) { return !inbox->empty(); },
            &inbox_),
        wait);
  }
  queue_.Watch(nullptr);
}

bool Scheduler::Turn() {
  std::vector<Event> events;
  bool is_late = false;
  {
    absl::MutexLock lock(&mutex_);
    events.swap(inbox_);
    is_stopping_ = stopping_;
    is_late = stopping_ && stop_by_ <= clock_();
  }
  if (is_late && !has_abandoned_) {
    has_abandoned_ = true;
    sender_.Abandon();
  }
  for (Event& event : events) std::move(event)();
  while (!later_.empty() && later_.begin()->first <= clock_()) {
    Event event = std::move(later_.begin()->second);
    later_.erase(later_.begin());
    std::move(event)();
  }
  if (is_stopping_) return outstanding_ > 0;
  Lease();
  return true;
}

absl::Time Scheduler::NextTime() const {
  absl::Time next =
      later_.empty() ? absl::InfiniteFuture() : later_.begin()->first;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return has_abandoned_ ? next : std::min(next, stop_by_);
  }
  const bool has_room =
      busy_ < options_.max_in_flight && busy_bytes_ < kMaxBusyBytes;
  return has_room ? std::min(next, turns_.NextTime()) : next;
}

void Scheduler::LoadEndpoints(std::string after) {
  ++outstanding_;
  queue_.ListEndpoints(
      after, kEndpointsAtOnce, {},
      [this, after](absl::StatusOr<std::vector<EndpointDue>> endpoints) {
        Post([this, after, endpoints = std::move(endpoints)] {
          --outstanding_;
          if (!endpoints.ok()) {
            return PostAt(clock_() + kPatience,
                          [this, after] { LoadEndpoints(after); });
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
  if (busy_bytes_ >= kMaxBusyBytes) return;
  const absl::Time now = clock_();
  std::vector<LeaseWish> wishes =
      turns_.Take(now, options_.max_in_flight - busy_);
  if (wishes.empty()) return;
  for (const LeaseWish& wish : wishes) busy_ += wish.limit;
  ++outstanding_;
  queue_.LeaseDue(
      wishes, now, kLease, {},
      [this, wishes](absl::StatusOr<std::vector<EndpointLease>> leases) {
        Post([this, wishes, leases = std::move(leases)]() mutable {
          --outstanding_;
          for (const LeaseWish& wish : wishes) busy_ -= wish.limit;
          if (leases.ok()) return Begin(wishes, *std::move(leases));
          const absl::Time now = clock_();
          for (const LeaseWish& wish : wishes) {
            turns_.Leased(wish.endpoint, 0, now + kPatience, {}, now);
          }
        });
      });
}

void Scheduler::Begin(const std::vector<LeaseWish>& wishes,
                      std::vector<EndpointLease> leases) {
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    BeginOne(wishes[i], std::move(leases[i]));
  }
}

void Scheduler::BeginOne(const LeaseWish& wish, EndpointLease lease) {
  turns_.Leased(wish.endpoint, static_cast<int>(lease.deliveries.size()),
                lease.next_due, LimitsOf(lease), clock_());
  std::vector<LeasedDelivery> deliveries = std::move(lease.deliveries);
  if (is_stopping_) {
    std::vector<std::string> ids;
    for (LeasedDelivery& delivery : deliveries) {
      ids.push_back(std::move(delivery.id));
    }
    return queue_.GiveUpLeases(ids);
  }
  const auto shared = std::make_shared<const EndpointLease>(std::move(lease));
  for (const LeasedDelivery& delivery : deliveries) {
    Attempt(shared, delivery, wish.endpoint);
  }
}

void Scheduler::Attempt(const std::shared_ptr<const EndpointLease>& lease,
                        const LeasedDelivery& delivery,
                        const Endpoint& endpoint) {
  const absl::Time now = clock_();
  auto flight = std::make_shared<Flight>();
  flight->result.endpoint = endpoint;
  flight->result.delivery = delivery.id;
  flight->result.attempt = delivery.attempt;
  flight->result.patience = options_.patience;
  flight->lease = lease;
  flight->step = delivery.step;
  flight->bytes = delivery.event.data().size();
  flight->until = now + kLease;
  flight->is_ordered = lease->webhook->delivery().ordered();
  ++busy_;
  busy_bytes_ += flight->bytes;
  ++outstanding_;
  sender_.Send(MakeDeliveryRequest(*lease->webhook, lease->secrets,
                                   delivery.event, now, options_.timeout),
               [this, flight](HttpOutcome outcome) {
                 Judge(*flight, outcome);
                 if (!outcome.is_abandoned) return Record(flight);
                 queue_.GiveUpLeases({flight->result.delivery});
                 Post([this] { --outstanding_; });
               });
}

// On a thread of the sender.
void Scheduler::Judge(Flight& flight, const HttpOutcome& outcome) {
  AttemptResult& result = flight.result;
  result.now = clock_();
  result.record = outcome.attempt;
  result.record.set_number(result.attempt);
  options_.retries.Judge(outcome, flight.step,
                         flight.lease->webhook->delivery(), dice_(), result);
  flight.ending = EndingOf(result);
  flight.pause = std::min(ReadRetryAfter(outcome.retry_after, result.now),
                          options_.retries.max_retry_after);
  // The next to the same endpoint need not wait until this one is recorded,
  // unless it must see the outcome.
  if (flight.is_ordered || outcome.is_abandoned) return;
  Post([this, endpoint = result.endpoint, ending = flight.ending,
        pause = flight.pause,
        now = result.now] { turns_.Ended(endpoint, ending, pause, now); });
}

// On any thread.
void Scheduler::Record(const std::shared_ptr<Flight>& flight) {
  queue_.RecordAttempt(
      flight->result, {}, [this, flight](const absl::Status& status) {
        Post([this, flight, status] { Recorded(flight, status); });
      });
}

void Scheduler::Recorded(const std::shared_ptr<Flight>& flight,
                         const absl::Status& status) {
  const absl::Time now = clock_();
  if (!status.ok() && !absl::IsAborted(status) && now < flight->until &&
      !has_abandoned_) {
    return PostAt(now + kPatience, [this, flight] { Record(flight); });
  }
  --outstanding_;
  --busy_;
  busy_bytes_ -= flight->bytes;
  if (flight->is_ordered) {
    turns_.Ended(flight->result.endpoint, flight->ending, flight->pause, now);
  }
  if (!status.ok()) {
    Log(LogLevel::kError, "attempt not recorded",
        {{"delivery", flight->result.delivery}, {"cause", status.message()}});
    turns_.Due(flight->result.endpoint, flight->until, now);
    return;
  }
  observer_(flight->result);
}

}  // namespace webhooks::server
