#include "server/delivery/retry_policy.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "proto/time.h"

namespace webhooks::server {
namespace {

constexpr int kTooManyRequests = 429;
constexpr int kBadGateway = 502;
constexpr int kGatewayTimeout = 504;

std::vector<absl::Duration> ScheduleOf(
    const v1::DeliverySettings& settings,
    const std::vector<absl::Duration>& default_schedule) {
  if (settings.schedule().empty()) return default_schedule;
  std::vector<absl::Duration> schedule;
  for (const auto& wait : settings.schedule()) {
    schedule.push_back(FromProtoDuration(wait));
  }
  return schedule;
}

}  // namespace

std::vector<absl::Duration> DefaultSchedule() {
  return {absl::ZeroDuration(), absl::Seconds(5), absl::Minutes(5),
          absl::Minutes(30),    absl::Hours(2),   absl::Hours(5),
          absl::Hours(10),      absl::Hours(14),  absl::Hours(20),
          absl::Hours(24)};
}

void RetryPolicy::Classify(const HttpOutcome& outcome, int step,
                           const v1::DeliverySettings& settings,
                           double uniform_random, AttemptResult& result) const {
  const v1::Attempt& attempt = outcome.attempt;
  const std::vector<absl::Duration> waits = ScheduleOf(settings, schedule);
  result.record.set_max_number(result.attempt - step +
                               static_cast<int>(waits.size()));
  result.gone = false;
  if (!attempt.has_error()) {
    result.outcome = AttemptResult::Outcome::kDelivered;
    return;
  }
  result.outcome = AttemptResult::Outcome::kFailed;
  result.gone = attempt.status() == kGone;
  const auto next = static_cast<std::size_t>(step);
  if (result.gone || next >= waits.size()) return;
  result.outcome = AttemptResult::Outcome::kRetry;
  absl::Duration wait = waits[next] * (1 + jitter * (2 * uniform_random - 1));
  wait = std::max(wait, RetryAfterOf(outcome, result.now));
  result.retry_at = result.now + wait;
}

absl::Duration RetryPolicy::RetryAfterOf(const HttpOutcome& outcome,
                                         absl::Time now) const {
  if (!outcome.attempt.has_error()) return absl::ZeroDuration();
  return std::min(ReadRetryAfter(outcome.retry_after, now), max_retry_after);
}

bool IsOverloaded(const HttpOutcome& outcome) {
  const v1::Attempt& attempt = outcome.attempt;
  if (!attempt.has_error()) return false;
  return !outcome.retry_after.empty() ||
         attempt.error() == v1::Attempt::TIMEOUT ||
         attempt.status() == kTooManyRequests ||
         attempt.status() == kBadGateway || attempt.status() == kGatewayTimeout;
}

absl::Duration ReadRetryAfter(absl::string_view text, absl::Time now) {
  if (!text.empty() &&
      std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) {
    std::uint32_t seconds = 0;
    return absl::SimpleAtoi(text, &seconds) ? absl::Seconds(seconds)
                                            : absl::InfiniteDuration();
  }
  // IMF-fixdate, and the two obsolete forms that RFC 9110, section 5.6.7, has
  // recipients accept.
  for (const char* form :
       {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y"}) {
    absl::Time time;
    std::string error;
    // Abseil parses "infinite-future" with any format.
    if (absl::ParseTime(form, text, absl::UTCTimeZone(), &time, &error) &&
        time < absl::InfiniteFuture()) {
      return std::max(absl::ZeroDuration(), time - now);
    }
  }
  return absl::ZeroDuration();
}

}  // namespace webhooks::server
