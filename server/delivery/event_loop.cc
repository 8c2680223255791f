#include "server/delivery/event_loop.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace webhooks::server {

EventLoop::EventLoop(Clock clock, Work work)
    : clock_(std::move(clock)), work_(std::move(work)) {}

void EventLoop::Start() {
  thread_ = std::thread([this] { Run(); });
}

void EventLoop::Join() { thread_.join(); }

void EventLoop::Post(Event event) {
  absl::MutexLock lock(&inbox_mutex_);
  inbox_.push_back(std::move(event));
}

// If an iteration is running, the loop's thread runs the next one.
void EventLoop::RunOrPost(Event event) {
  Post(std::move(event));
  if (!mutex_.TryLock()) return;
  const std::optional<absl::Time> next = Iterate();
  mutex_.Unlock();
  absl::MutexLock lock(&inbox_mutex_);
  if (!next || *next < wake_at_) inbox_.push_back([] {});
}

void EventLoop::PostLazily(Event event) {
  absl::MutexLock lock(&inbox_mutex_);
  lazy_.push_back(std::move(event));
}

void EventLoop::PostAt(absl::Time time, Event event) {
  later_.emplace(time, std::move(event));
}

void EventLoop::Run() {
  for (;;) {
    std::optional<absl::Time> next;
    {
      absl::MutexLock lock(&mutex_);
      next = Iterate();
    }
    if (!next) return;
    SleepUntil(*next);
  }
}

std::optional<absl::Time> EventLoop::Iterate() {
  std::vector<Event> events;
  {
    absl::MutexLock lock(&inbox_mutex_);
    events.swap(inbox_);
    std::move(lazy_.begin(), lazy_.end(), std::back_inserter(events));
    lazy_.clear();
  }
  for (Event& event : events) std::move(event)();
  while (!later_.empty() && later_.begin()->first <= clock_()) {
    Event event = std::move(later_.begin()->second);
    later_.erase(later_.begin());
    std::move(event)();
  }
  std::optional<absl::Time> next = work_();
  if (next && !later_.empty()) next = std::min(*next, later_.begin()->first);
  return next;
}

void EventLoop::SleepUntil(absl::Time time) {
  absl::MutexLock lock(&inbox_mutex_);
  wake_at_ = time;
  inbox_mutex_.AwaitWithTimeout(
      absl::Condition(
          +[](std::vector<Event>* inbox) { return !inbox->empty(); }, &inbox_),
      time - clock_());
  wake_at_ = absl::InfinitePast();
}

}  // namespace webhooks::server
