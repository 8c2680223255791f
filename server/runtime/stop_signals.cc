#include "server/runtime/stop_signals.h"

#include <pthread.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>

namespace webhooks {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// The time that a process has to end behind its grace.
constexpr absl::Duration kPatience = absl::Seconds(10);

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

void UnblockStopSignals() {
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void EndProcessAfter(absl::Duration grace) {
  std::signal(SIGALRM, &EndNow);
  itimerval timer = {};
  timer.it_value = absl::ToTimeval(grace + kPatience);
  setitimer(ITIMER_REAL, &timer, nullptr);
}

int WaitForStopSignal() {
  const sigset_t signals = StopSignals();
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  UnblockStopSignals();
  return signal;
}

}  // namespace webhooks
