#include "server/runtime/stop_signals.h"

#include <pthread.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>

#include "server/runtime/clock.h"

namespace webhooks {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

std::int64_t MonotonicNanos() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

// The time, in nanoseconds of the monotonic clock, from which a signal ends the
// process at once.
std::atomic<std::int64_t> ends_at_once_from = 0;
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

// Calls only functions that are safe in a handler.
void EndUnlessTooSoon(int signal) {
  if (MonotonicNanos() < ends_at_once_from) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

// Lets a signal after `ignore_for` end the process.
void EndAtNextSignal(absl::Duration ignore_for) {
  ends_at_once_from = MonotonicNanos() + absl::ToInt64Nanoseconds(ignore_for);
  struct sigaction action = {};
  action.sa_handler = &EndUnlessTooSoon;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  UnblockStopSignals();
}

// The time after the grace period in which the process must end.
constexpr absl::Duration kMaxStopDelay = absl::Seconds(10);

void EndNow(int /*signal*/) {
  constexpr char kLine[] =
      "ERROR: the process did not stop in time, so it ends\n";
  static_cast<void>(!write(STDERR_FILENO, kLine, sizeof(kLine) - 1));
  _exit(kNotStopped);
}

}  // namespace

void BlockStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void UnblockStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void IgnoreOtherSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void EndProcessAfter(absl::Duration grace) {
  std::signal(SIGALRM, &EndNow);
  itimerval timer = {};
  timer.it_value = absl::ToTimeval(grace + kMaxStopDelay);
  setitimer(ITIMER_REAL, &timer, nullptr);
}

int WaitForStopSignal(absl::Duration ignore_for) {
  const sigset_t signals = StopSignals();
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  EndAtNextSignal(ignore_for);
  return signal;
}

bool StopSignalWithin(absl::Duration timeout) {
  const sigset_t signals = StopSignals();
  const absl::Time end = SteadyTime() + timeout;
  for (;;) {
    const timespec left =
        absl::ToTimespec(std::max(end - SteadyTime(), absl::ZeroDuration()));
    if (sigtimedwait(&signals, nullptr, &left) > 0) break;
    if (errno != EINTR) return false;
  }
  EndAtNextSignal(kIgnoreFor);
  return true;
}

}  // namespace webhooks
