#include "server/services/retry_jobs.h"

#include "google/rpc/error_details.pb.h"
#include "proto/rpc/status.h"
#include "proto/time.h"
#include "server/services/event_rules.h"
#include "server/services/field_rules.h"
#include "storage/uuid.h"

namespace webhooks::server {

absl::Status CheckRetryJob(const v1::CreateRetryJobRequest& request) {
  google::rpc::BadRequest violations;
  CheckTimes(request, violations);
  CheckRequestId(request.request_id(), violations);
  return ViolationsStatus(violations);
}

v1::RetryJob MakeRetryJob(const std::string& project,
                          const v1::CreateRetryJobRequest& request,
                          IdMaker& ids, absl::Time now) {
  v1::RetryJob job;
  job.set_id_retry_job(ids.Make());
  job.set_id_webhook_endpoint(request.id_webhook_endpoint());
  job.set_id_project(project);
  if (request.has_start_time())
    *job.mutable_start_time() = request.start_time();
  *job.mutable_end_time() =
      request.has_end_time() ? request.end_time() : ToTimestamp(now);
  *job.mutable_created_at() = ToTimestamp(now);
  job.set_state(v1::RetryJob::RUNNING);
  job.set_include_waiting(request.include_waiting());
  return job;
}

}  // namespace webhooks::server
