#include "server/delivery/scheduler.h"

#include <algorithm>
#include <iterator>
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

// How long what is posted lazily may wait.
constexpr absl::Duration kLaziness = absl::Milliseconds(5);

// A delivery that is leased is not begun any more when so much of its lease has
// passed.
constexpr absl::Duration kShelfLife = absl::Seconds(30);

// How many deliveries are leased, in multiples of those in flight.
constexpr int kLeasedAhead = 3;

// No new leases while the events of those hold as many bytes.
constexpr std::size_t kMaxLeasedBytes = 64 << 20;

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
  // Empty once it is sent.
  v1::Event event;
  int step = 1;
  std::size_t bytes = 0;
  absl::Time leased_at;
  // What was signed says so too.
  absl::Time begun_at;
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

// Saves two changes of thread for each request: the one that has ended makes
// room for the next one. Where a turn is being had, the scheduler's thread has
// the next.
void Scheduler::PostHere(Event event) {
  Post(std::move(event));
  if (!turn_mutex_.TryLock()) return;
  Turn();
  const absl::Time next = NextTime();
  turn_mutex_.Unlock();
  absl::MutexLock lock(&mutex_);
  if (next < wake_at_) inbox_.push_back([] {});
}

// For what frees room but nobody waits for: it saves the thread's waking for
// each attempt that is recorded.
void Scheduler::PostLazily(Event event) {
  absl::MutexLock lock(&mutex_);
  lazy_.push_back(std::move(event));
}

void Scheduler::PostAt(absl::Time time, Event event) {
  later_.emplace(time, std::move(event));
}

void Scheduler::Run() {
  queue_.Watch([this](const EndpointDue& due) {
    Post([this, due] {
      turn_mutex_.AssertHeld();
      Heard(due);
    });
  });
  Post([this] {
    turn_mutex_.AssertHeld();
    LoadEndpoints("");
  });
  for (;;) {
    absl::Time next;
    {
      absl::MutexLock lock(&turn_mutex_);
      if (!Turn()) break;
      next = NextTime();
    }
    absl::MutexLock lock(&mutex_);
    wake_at_ = next;
    mutex_.AwaitWithTimeout(
        absl::Condition(
            +[](std::vector<Event>* inbox) { return !inbox->empty(); },
            &inbox_),
        next - clock_());
    wake_at_ = absl::InfinitePast();
  }
  queue_.Watch(nullptr);
}

bool Scheduler::Turn() {
  std::vector<Event> events;
  bool is_late = false;
  {
    absl::MutexLock lock(&mutex_);
    events.swap(inbox_);
    std::move(lazy_.begin(), lazy_.end(), std::back_inserter(events));
    lazy_.clear();
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
  if (is_stopping_) {
    DropAllStock();
    return outstanding_ > 0;
  }
  Begin();
  Lease();
  return true;
}

absl::Time Scheduler::NextTime() const {
  absl::Time next =
      later_.empty() ? absl::InfiniteFuture() : later_.begin()->first;
  if (outstanding_ > 0) next = std::min(next, clock_() + kLaziness);
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return has_abandoned_ ? next : std::min(next, stop_by_);
  }
  return std::min(next, turns_.NextTime());
}

void Scheduler::Heard(const EndpointDue& due) {
  if (due.has_changed) DropStock(due.endpoint);
  turns_.Due(due.endpoint, due.due, clock_());
}

void Scheduler::LoadEndpoints(const std::string& after) {
  ++outstanding_;
  queue_.ListEndpoints(
      after, kEndpointsAtOnce, {},
      [this, after](absl::StatusOr<std::vector<EndpointDue>> endpoints) {
        Post([this, after, endpoints = std::move(endpoints)] {
          turn_mutex_.AssertHeld();
          --outstanding_;
          if (!endpoints.ok()) {
            return PostAt(clock_() + kPatience, [this, after] {
              turn_mutex_.AssertHeld();
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
  if (leased_bytes_ >= kMaxLeasedBytes) return;
  const absl::Time now = clock_();
  std::vector<LeaseWish> wishes =
      turns_.ToLease(now, kLeasedAhead * options_.max_in_flight - leased_);
  if (wishes.empty()) return;
  for (const LeaseWish& wish : wishes) leased_ += wish.limit;
  ++outstanding_;
  queue_.LeaseDue(
      wishes, now, kLease, {},
      [this, wishes](absl::StatusOr<std::vector<EndpointLease>> leases) {
        Post([this, wishes, leases = std::move(leases)]() mutable {
          turn_mutex_.AssertHeld();
          --outstanding_;
          const absl::Time now = clock_();
          for (std::size_t i = 0; i < wishes.size(); ++i) {
            leased_ -= wishes[i].limit;
            if (leases.ok()) {
              TakeIn(wishes[i], std::move((*leases)[i]));
            } else {
              turns_.Leased(wishes[i].endpoint, 0, now + kPatience, {}, now);
            }
          }
        });
      });
}

void Scheduler::TakeIn(const LeaseWish& wish, EndpointLease lease) {
  const absl::Time now = clock_();
  const int count = static_cast<int>(lease.deliveries.size());
  const Turns::EndpointLimits limits = LimitsOf(lease);
  const absl::Time next_due = lease.next_due;
  std::vector<LeasedDelivery> deliveries = std::move(lease.deliveries);
  const auto shared = std::make_shared<const EndpointLease>(std::move(lease));
  for (LeasedDelivery& delivery : deliveries) {
    auto flight = std::make_shared<Flight>();
    flight->result.endpoint = wish.endpoint;
    flight->result.delivery = std::move(delivery.id);
    flight->result.attempt = delivery.attempt;
    flight->result.patience = options_.patience;
    flight->lease = shared;
    flight->event = std::move(delivery.event);
    flight->step = delivery.step;
    flight->bytes = flight->event.data().size();
    flight->leased_at = now;
    flight->is_ordered = limits.ordered;
    leased_bytes_ += flight->bytes;
    stock_[wish.endpoint.webhook].push_back(std::move(flight));
  }
  leased_ += count;
  turns_.Leased(wish.endpoint, count, next_due, limits, now);
}

void Scheduler::Begin() {
  while (in_flight_ < options_.max_in_flight) {
    const absl::Time now = clock_();
    const std::optional<Endpoint> endpoint = turns_.ToBegin(now);
    if (!endpoint) return;
    const auto stock = stock_.find(endpoint->webhook);
    const std::shared_ptr<Flight> flight = std::move(stock->second.front());
    stock->second.pop_front();
    if (stock->second.empty()) stock_.erase(stock);
    ++in_flight_;
    if (now - flight->leased_at <= kShelfLife) {
      Send(flight);
      continue;
    }
    // It stood in stock for too long.
    queue_.GiveUpLeases({flight->result.delivery});
    --in_flight_;
    --leased_;
    leased_bytes_ -= flight->bytes;
    turns_.Ended(*endpoint, Turns::Ending::kFailed, {}, now);
    DropStock(*endpoint);
    turns_.Due(*endpoint, now, now);
  }
}

void Scheduler::Send(const std::shared_ptr<Flight>& flight) {
  ++outstanding_;
  flight->begun_at = clock_();
  const EndpointLease& lease = *flight->lease;
  HttpRequest request =
      MakeDeliveryRequest(*lease.webhook, lease.secrets, flight->event,
                          flight->begun_at, options_.timeout);
  flight->event.Clear();
  sender_.Send(std::move(request), [this, flight](const HttpOutcome& outcome) {
    if (outcome.is_abandoned) {
      queue_.GiveUpLeases({flight->result.delivery});
      return Post([this] {
        turn_mutex_.AssertHeld();
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
  flight.ending = EndingOf(result);
  flight.pause = std::min(ReadRetryAfter(outcome.retry_after, result.now),
                          options_.retries.max_retry_after);
}

// The next request to the same endpoint need not wait until this one is
// recorded, unless it must see the outcome.
void Scheduler::MakeRoom(const Flight& flight) {
  if (flight.is_ordered) return;
  PostHere([this, endpoint = flight.result.endpoint, ending = flight.ending,
            pause = flight.pause, now = flight.result.now] {
    turn_mutex_.AssertHeld();
    if (ending == Turns::Ending::kOverloaded) DropStock(endpoint);
    turns_.Ended(endpoint, ending, pause, now);
  });
}

// On any thread.
void Scheduler::Record(const std::shared_ptr<Flight>& flight) {
  queue_.RecordAttempt(flight->result, {},
                       [this, flight](const absl::Status& status) {
                         Event event = [this, flight, status] {
                           turn_mutex_.AssertHeld();
                           Recorded(flight, status);
                         };
                         if (flight->is_ordered) return Post(std::move(event));
                         PostLazily(std::move(event));
                       });
}

void Scheduler::Recorded(const std::shared_ptr<Flight>& flight,
                         const absl::Status& status) {
  const absl::Time now = clock_();
  const absl::Time until = flight->leased_at + kLease;
  if (!status.ok() && !absl::IsAborted(status) && now < until &&
      !has_abandoned_) {
    return PostAt(now + kPatience, [this, flight] { Record(flight); });
  }
  --outstanding_;
  --in_flight_;
  --leased_;
  leased_bytes_ -= flight->bytes;
  const AttemptResult& result = flight->result;
  if (flight->is_ordered) {
    turns_.Ended(result.endpoint, flight->ending, flight->pause, now);
  }
  if (!status.ok()) {
    Log(LogLevel::kError, "attempt not recorded",
        {{"delivery", result.delivery}, {"cause", status.message()}});
    turns_.Due(result.endpoint, until, now);
    return;
  }
  observer_(result);
}

void Scheduler::DropStock(const Endpoint& endpoint) {
  const auto stock = stock_.find(endpoint.webhook);
  if (stock == stock_.end()) return;
  std::vector<std::string> deliveries;
  for (const std::shared_ptr<Flight>& flight : stock->second) {
    deliveries.push_back(flight->result.delivery);
    --leased_;
    leased_bytes_ -= flight->bytes;
  }
  queue_.GiveUpLeases(deliveries);
  stock_.erase(stock);
  turns_.DropStock(endpoint, clock_());
}

void Scheduler::DropAllStock() {
  while (!stock_.empty()) {
    DropStock(stock_.begin()->second.front()->result.endpoint);
  }
}

}  // namespace webhooks::server
