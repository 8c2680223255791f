#include <utility>
#include <vector>

#include "server/delivery/delivery_request.h"
#include "server/delivery/scheduler.h"
#include "server/runtime/log.h"
#include "storage/changes.h"

// The part of the scheduler that sends and records attempts.
namespace webhooks::server {

void Scheduler::Send(const std::shared_ptr<LeasedAttempt>& attempt) {
  ++outstanding_;
  attempt->started_at = clocks_.wall();
  if (!store_.BeginAttempt(attempt->result.lease)) return GiveUp(attempt);
  const EndpointLease& lease = *attempt->lease;
  HttpRequest request = MakeDeliveryRequest(
      *lease.webhook, SecretsInForce(lease.secrets, attempt->started_at),
      attempt->event, attempt->started_at, options_.timeout);
  attempt->span =
      StartSpan(attempt->trace.traceparent, attempt->trace.tracestate);
  AddTrace(attempt->span, request);
  attempt->event.Clear();
  sender_.Send(std::move(request), [this, attempt](const HttpOutcome& outcome) {
    if (outcome.is_abandoned || outcome.is_out_of_files) {
      return GiveUp(attempt, outcome.is_out_of_files);
    }
    Classify(options_.retries, outcome, clocks_.wall(), uniform_random_(),
             *attempt);
    FinishEarly(attempt);
    // Must be last: once the attempt is recorded, the scheduler may be
    // destroyed.
    Record(attempt);
  });
}

void Scheduler::GiveUp(const std::shared_ptr<LeasedAttempt>& attempt,
                       bool is_out_of_files) {
  store_.GiveUpLeases({attempt->result.lease});
  loop_.Post([this, attempt, is_out_of_files] {
    loop_.mutex().AssertHeld();
    --outstanding_;
    ReturnUnsent(*attempt);
    if (!is_out_of_files || !out_of_files_log_.IsDue()) return;
    Log(LogLevel::kError,
        "deliveries wait, as the process is out of open files", {});
  });
}

void Scheduler::ReturnUnsent(LeasedAttempt& attempt) {
  const absl::Time now = clocks_.steady();
  attempt.pace_outcome = EndpointPace::Outcome::kNotSent;
  queue_.FinishAttempt(attempt, now);
  queue_.Release(attempt);
  queue_.SetDue(attempt.result.endpoint, now, now);
}

void Scheduler::FinishEarly(const std::shared_ptr<LeasedAttempt>& attempt) {
  if (attempt->is_ordered) return;
  loop_.RunOrPost([this, attempt] {
    loop_.mutex().AssertHeld();
    queue_.FinishAttempt(*attempt, clocks_.steady());
  });
}

void Scheduler::Record(const std::shared_ptr<LeasedAttempt>& attempt) {
  store_.RecordAttempt(
      attempt->result, {},
      [this, attempt](const absl::StatusOr<RecordedAttempt>& recorded) {
        EventLoop::Event event = [this, attempt, recorded] {
          loop_.mutex().AssertHeld();
          OnRecorded(attempt, recorded);
        };
        if (attempt->is_ordered) {
          loop_.Post(std::move(event));
        } else {
          loop_.PostLazily(std::move(event));
        }
      });
}

void Scheduler::OnRecorded(const std::shared_ptr<LeasedAttempt>& attempt,
                           const absl::StatusOr<RecordedAttempt>& recorded) {
  const absl::Time now = clocks_.steady();
  const absl::Status& status = recorded.status();
  if (!status.ok() && ShouldRecordAgain(*attempt, status, now)) {
    return loop_.PostAt(now + kStoreRetryDelay,
                        [this, attempt] { Record(attempt); });
  }
  --outstanding_;
  if (attempt->is_ordered) queue_.FinishAttempt(*attempt, now);
  queue_.Release(*attempt);
  const AttemptResult& result = attempt->result;
  if (status.ok()) return observer_(result, *recorded, attempt->span);
  Log(LogLevel::kError, "attempt not recorded",
      {{"id_event", result.event},
       {"id_webhook_endpoint", result.endpoint.webhook},
       {"id_delivery", result.lease.delivery},
       {"cause", status.message()}});
  queue_.SetDue(result.endpoint, attempt->leased_until, now);
}

// A disk may stay full for a long time, so the lease is renewed. Another
// failure may concern this attempt alone, and must not occupy its place for
// ever.
bool Scheduler::ShouldRecordAgain(LeasedAttempt& attempt,
                                  const absl::Status& status, absl::Time now) {
  if (absl::IsAborted(status) || has_abandoned_) return false;
  const bool is_temporary =
      absl::IsResourceExhausted(status) || absl::IsUnavailable(status);
  if (!is_temporary) return now < attempt.leased_until;
  attempt.leased_until = now + kLeaseTime;
  store_.RenewLease(attempt.result.lease, kLeaseTime);
  return true;
}

}  // namespace webhooks::server
