#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "server/ctl/short_ids.h"
#include "webhooks/v1/delivery_service.pb.h"

namespace webhooks::ctl {
namespace {

absl::Status CreateRetryJob(Session& session) {
  const auto webhook = WebhookId(session, session.arguments[0]);
  if (!webhook.ok()) return webhook.status();
  v1::CreateRetryJobRequest request;
  request.set_id_webhook_endpoint(*webhook);
  request.set_request_id(NewRequestId());
  SetTimes(session.options, request);
  request.set_include_waiting(session.options.include_waiting);
  return PrintResult(
      session, session.client.Call<v1::RetryJob>(
                   "webhooks.v1.DeliveryService/CreateRetryJob", request));
}

absl::Status GetRetryJob(Session& session) {
  v1::GetRetryJobRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session,
                     session.client.Call<v1::RetryJob>(
                         "webhooks.v1.DeliveryService/GetRetryJob", request));
}

absl::Status CancelRetryJob(Session& session) {
  v1::CancelRetryJobRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(
      session, session.client.Call<v1::RetryJob>(
                   "webhooks.v1.DeliveryService/CancelRetryJob", request));
}

}  // namespace

std::vector<Command> RetryJobCommands() {
  return {
      {"retry-job create",
       "WEBHOOK",
       {"start_time", "end_time", "since", "include_waiting"},
       "Starts a job that retries all failed deliveries to a webhook.",
       &CreateRetryJob},
      {"retry-job get",
       "JOB",
       {},
       "Shows the progress of a retry job.",
       &GetRetryJob},
      {"retry-job cancel",
       "JOB",
       {},
       "Cancels the rest of a retry job.",
       &CancelRetryJob},
  };
}

}  // namespace webhooks::ctl
