#ifndef WEBHOOKS_SERVER_SERVICES_RETRY_JOBS_H_
#define WEBHOOKS_SERVER_SERVICES_RETRY_JOBS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/call/id_maker.h"
#include "webhooks/v1/delivery_service.pb.h"

namespace webhooks::server {

// Checks a request for a retry job. Errors are like those of EventRules.
absl::Status CheckRetryJob(const v1::CreateRetryJobRequest& request);

// Returns the job of a request at `now`.
v1::RetryJob MakeRetryJob(const std::string& project,
                          const v1::CreateRetryJobRequest& request,
                          IdMaker& ids, absl::Time now);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_RETRY_JOBS_H_
