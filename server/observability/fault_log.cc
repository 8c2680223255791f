#include "server/observability/fault_log.h"

#include <cstddef>
#include <utility>

namespace webhooks::server {
namespace {

// Causes can have the ids of records, so their number has no other limit.
constexpr std::size_t kMaxCauses = 20;
constexpr absl::string_view kOtherCauses = "other causes";

}  // namespace

FaultLog::FaultLog(Write write, SteadyClock clock)
    : write_(std::move(write)), clock_(std::move(clock)) {}

FaultLog::~FaultLog() { Flush(); }

void FaultLog::Add(absl::string_view operation, absl::string_view cause) {
  absl::MutexLock lock(&mutex_);
  const absl::Duration now = clock_();
  WriteLines(now);
  auto found = faults_.find(cause);
  if (found == faults_.end() && faults_.size() < kMaxCauses) {
    write_(operation, cause, 1);
    faults_[std::string(cause)] = {std::string(operation), 0, now + kInterval};
    return;
  }
  if (found == faults_.end()) {
    found = faults_.try_emplace(std::string(kOtherCauses)).first;
    if (found->second.count == 0) found->second.next_line = now + kInterval;
  }
  found->second.operation = std::string(operation);
  ++found->second.count;
}

void FaultLog::WriteDue() {
  absl::MutexLock lock(&mutex_);
  WriteLines(clock_());
}

void FaultLog::Flush() {
  absl::MutexLock lock(&mutex_);
  WriteLines(absl::InfiniteDuration());
}

// A cause without a fault during an interval is forgotten.
void FaultLog::WriteLines(absl::Duration now) {
  for (auto one = faults_.begin(); one != faults_.end();) {
    Faults& faults = one->second;
    if (now < faults.next_line) {
      ++one;
      continue;
    }
    if (faults.count > 0) write_(faults.operation, one->first, faults.count);
    const bool goes_on = std::exchange(faults.count, 0) > 0;
    faults.next_line = now + kInterval;
    one = goes_on && now != absl::InfiniteDuration() ? std::next(one)
                                                     : faults_.erase(one);
  }
}

}  // namespace webhooks::server
