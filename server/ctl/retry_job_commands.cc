#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "webhooks/v1/delivery_service.grpc.pb.h"

namespace webhooks::ctl {
namespace {

using Deliveries = v1::DeliveryService;
using Stub = v1::DeliveryService::Stub;

absl::Status Create(Session& session) {
  v1::CreateRetryJobRequest request;
  request.set_id_webhook_endpoint(session.arguments[0]);
  request.set_request_id(NewRequestId());
  SetTimes(session.options, request);
  return PrintResult(
      session, session.client.Call<Deliveries>(&Stub::CreateRetryJob, request));
}

absl::Status Get(Session& session) {
  v1::GetRetryJobRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(
      session, session.client.Call<Deliveries>(&Stub::GetRetryJob, request));
}

absl::Status Cancel(Session& session) {
  v1::CancelRetryJobRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(
      session, session.client.Call<Deliveries>(&Stub::CancelRetryJob, request));
}

}  // namespace

std::vector<Command> RetryJobCommands() {
  return {
      {"retry-job create",
       "WEBHOOK",
       {"start_time", "end_time"},
       "Begins to retry all failed deliveries to a webhook.",
       &Create},
      {"retry-job get", "JOB", {}, "Shows how far such a job has come.", &Get},
      {"retry-job cancel",
       "JOB",
       {},
       "Ends such a job where it stands.",
       &Cancel},
  };
}

}  // namespace webhooks::ctl
