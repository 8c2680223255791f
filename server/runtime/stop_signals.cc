#include "server/runtime/stop_signals.h"

#include <pthread.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

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

// Sets the handler of SIGTERM and SIGINT, and unblocks pending ones.
void Unblock(void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
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
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

void UnblockStopSignals() { Unblock(SIG_DFL); }

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
  ends_at_once_from = MonotonicNanos() + absl::ToInt64Nanoseconds(ignore_for);
  Unblock(&EndUnlessTooSoon);
  return signal;
}

}  // namespace webhooks
