#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "storage/timestamp.h"
#include "webhooks/v1/delivery_service.grpc.pb.h"

namespace webhooks::ctl {
namespace {

using Deliveries = v1::DeliveryService;
using Stub = v1::DeliveryService::Stub;

absl::Status ReadTime(absl::string_view flag, const std::string& text,
                      google::protobuf::Timestamp& time) {
  absl::Time read;
  if (!absl::ParseTime(absl::RFC3339_full, text, &read, nullptr)) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag, ": must be a time, such as 2026-11-23T19:56:26Z"));
  }
  time = ToTimestamp(read);
  return absl::OkStatus();
}

absl::Status Create(Session& session) {
  const Options& options = session.options;
  v1::CreateRetryJobRequest request;
  request.set_id_webhook_endpoint(session.arguments[0]);
  request.set_request_id(NewRequestId());
  absl::Status read;
  if (options.start_time) {
    read = ReadTime("--start_time", *options.start_time,
                    *request.mutable_start_time());
  }
  if (read.ok() && options.end_time) {
    read =
        ReadTime("--end_time", *options.end_time, *request.mutable_end_time());
  }
  if (!read.ok()) return read;
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
