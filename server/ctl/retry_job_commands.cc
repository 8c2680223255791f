#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "webhooks/v1/delivery_service.pb.h"

namespace webhooks::ctl {
namespace {

constexpr absl::Duration kPollInterval = absl::Milliseconds(200);

absl::Status SetSelection(const std::string& text,
                          v1::CreateRetryJobRequest& request) {
  v1::RetryJob::Selection selection;
  if (!v1::RetryJob::Selection_Parse(absl::AsciiStrToUpper(text), &selection)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--selection: must be failed, delivered, never_matched or "
                     "all, not '",
                     text, "'"));
  }
  request.set_selection(selection);
  return absl::OkStatus();
}

// Returns INVALID_ARGUMENT unless exactly one of --start_time and --all is
// given: a forgotten start would deliver the events of a month again.
absl::Status CheckStart(const Options& options) {
  if (options.start_time && options.all) {
    return absl::InvalidArgumentError(
        "give only one of --start_time and --all");
  }
  if (options.start_time || options.all) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "give --start_time or --since, or --all for all events");
}

absl::StatusOr<v1::RetryJob> GetRetryJob(Session& session,
                                         const std::string& id) {
  v1::GetRetryJobRequest request;
  request.set_id(id);
  return session.client.Call<v1::RetryJob>(
      "webhooks.v1.DeliveryService/GetRetryJob", request);
}

// Returns the job once it has ended.
absl::StatusOr<v1::RetryJob> Finished(Session& session, const std::string& id) {
  for (;;) {
    auto job = GetRetryJob(session, id);
    if (!job.ok() || job->state() != v1::RetryJob::RUNNING) return job;
    absl::SleepFor(kPollInterval);
  }
}

absl::Status CreateRetryJob(Session& session) {
  const Options& options = session.options;
  absl::Status valid = CheckStart(options);
  if (!valid.ok()) return valid;
  v1::CreateRetryJobRequest request;
  request.set_id_webhook_endpoint(session.arguments[0]);
  request.set_request_id(NewRequestId());
  SetTimes(options, request);
  request.set_include_waiting(options.include_waiting);
  request.set_dry_run(options.dry_run);
  request.set_max_per_second(options.max_per_second);
  if (options.event_type) request.set_event_type(*options.event_type);
  if (options.selection) valid = SetSelection(*options.selection, request);
  if (!valid.ok()) return valid;
  const auto job = session.client.Call<v1::RetryJob>(
      "webhooks.v1.DeliveryService/CreateRetryJob", request);
  if (!job.ok() || !options.dry_run) return PrintResult(session, job);
  return PrintResult(session, Finished(session, job->id_retry_job()));
}

absl::Status ShowRetryJob(Session& session) {
  return PrintResult(session, GetRetryJob(session, session.arguments[0]));
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
       {"start_time", "since", "all", "end_time", "selection", "event_type",
        "include_waiting", "max_per_second", "dry_run"},
       "Starts a job that retries the failed deliveries to a webhook, or "
       "delivers other events of a time range to it. With --dry_run, waits and "
       "shows how many it would retry or make (retried_count).",
       &CreateRetryJob},
      {"retry-job get",
       "JOB",
       {},
       "Shows the progress of a retry job.",
       &ShowRetryJob},
      {"retry-job cancel",
       "JOB",
       {},
       "Cancels the rest of a retry job.",
       &CancelRetryJob},
  };
}

}  // namespace webhooks::ctl
