#include "server/services/retry_jobs.h"

#include <optional>

#include "google/rpc/error_details.pb.h"
#include "proto/rpc/status.h"
#include "proto/time.h"
#include "server/services/event_rules.h"
#include "server/services/field_rules.h"
#include "storage/uuid.h"

namespace webhooks::server {
namespace {

// The numbers of deliveries that a job makes due in a second.
constexpr int kDefaultRate = 100;
constexpr int kMaxRate = 10'000;

}  // namespace

absl::Status CheckRetryJob(const v1::CreateRetryJobRequest& request) {
  google::rpc::BadRequest violations;
  CheckTimes(request, violations);
  if (!v1::RetryJob::Selection_IsValid(request.selection())) {
    AddViolation(violations, "selection",
                 "must be FAILED, DELIVERED, NEVER_MATCHED or ALL");
  }
  if (request.has_event_type() && !IsEventType(request.event_type())) {
    AddViolation(violations, "event_type", "must be an event type");
  }
  if (request.max_per_second() < 0 || request.max_per_second() > kMaxRate) {
    AddViolation(violations, "max_per_second", "must be 1 to 10000");
  }
  CheckRequestId(request.request_id(), violations);
  return ViolationsStatus(violations);
}

v1::RetryJob MakeRetryJob(const std::string& project,
                          const v1::CreateRetryJobRequest& request,
                          IdMaker& ids, absl::Time now) {
  v1::RetryJob job;
  job.set_id_retry_job(ids.Make());
  const std::optional<Uuid> webhook = ParseUuid(request.id_webhook_endpoint());
  job.set_id_webhook_endpoint(webhook ? FormatUuid(*webhook)
                                      : request.id_webhook_endpoint());
  job.set_id_project(project);
  if (request.has_start_time()) {
    *job.mutable_start_time() = request.start_time();
  }
  *job.mutable_end_time() =
      request.has_end_time() ? request.end_time() : ToTimestamp(now);
  *job.mutable_created_at() = ToTimestamp(now);
  job.set_state(v1::RetryJob::RUNNING);
  job.set_include_waiting(request.include_waiting());
  job.set_selection(request.selection() == v1::RetryJob::SELECTION_UNSPECIFIED
                        ? v1::RetryJob::FAILED
                        : request.selection());
  if (request.has_event_type()) job.set_event_type(request.event_type());
  job.set_dry_run(request.dry_run());
  job.set_max_per_second(
      request.max_per_second() == 0 ? kDefaultRate : request.max_per_second());
  return job;
}

}  // namespace webhooks::server
