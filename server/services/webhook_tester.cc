#include "server/services/webhook_tester.h"

#include <algorithm>
#include <utility>

#include "proto/json/compact_json.h"
#include "proto/rpc/status.h"
#include "proto/time.h"
#include "server/call/errors.h"
#include "server/delivery/delivery_request.h"
#include "server/services/event_rules.h"
#include "storage/errors.h"
#include "storage/uuid.h"

namespace webhooks::server {
namespace {

// The time between the timeout of the attempt and the caller's deadline.
constexpr absl::Duration kForAnswer = absl::Milliseconds(250);

// The maximum numbers of concurrent tests, of all projects and of one. Tests do
// not count as deliveries in flight.
constexpr int kMaxTests = 64;
constexpr int kMaxPerProject = 8;

constexpr char kDefaultType[] = "webhook.test";
constexpr char kDefaultData[] =
    R"({"message":"This is a test. Nothing happened."})";

absl::Status WebhookWithoutUrl() {
  return WithReason(
      absl::FailedPreconditionError("the webhook has no url to send to"),
      "WEBHOOK_WITHOUT_URL");
}

absl::Status DeliveryDisabled() {
  return WithReason(
      absl::FailedPreconditionError("this server does not deliver"),
      "DELIVERY_DISABLED");
}

absl::Status TooManyTests() {
  return WithRetryDelay(WithReason(absl::ResourceExhaustedError(
                                       "too many tests run at the same time"),
                                   "TOO_MANY_TESTS"),
                        absl::Seconds(1));
}

}  // namespace

WebhookTester::WebhookTester(WebhookStore& store, Sender* sender,
                             absl::Duration timeout, IdMaker& ids, Clock clock)
    : store_(store),
      sender_(sender),
      timeout_(timeout),
      ids_(ids),
      clock_(std::move(clock)) {}

absl::Status WebhookTester::Check(const v1::TestWebhookRequest& request) {
  return CheckTypeAndData(request);
}

bool WebhookTester::TryCount(const std::string& project) {
  absl::MutexLock lock(&mutex_);
  const auto own = running_.find(project);
  const bool is_own_full =
      own != running_.end() && own->second >= kMaxPerProject;
  if (all_running_ >= kMaxTests || is_own_full) return false;
  ++all_running_;
  ++running_[project];
  return true;
}

void WebhookTester::Uncount(const std::string& project) {
  absl::MutexLock lock(&mutex_);
  --all_running_;
  const auto own = running_.find(project);
  if (--own->second == 0) running_.erase(own);
}

void WebhookTester::Test(const Caller& caller,
                         const v1::TestWebhookRequest& request,
                         Done<v1::Attempt> done) {
  if (sender_ == nullptr) return std::move(done)(DeliveryDisabled());
  if (!TryCount(caller.project)) return std::move(done)(TooManyTests());
  Start(caller, request,
        [this, project = caller.project,
         done = std::move(done)](absl::StatusOr<v1::Attempt> attempt) mutable {
          Uncount(project);
          std::move(done)(std::move(attempt));
        });
}

void WebhookTester::Start(const Caller& caller,
                          const v1::TestWebhookRequest& request,
                          Done<v1::Attempt> done) {
  store_.GetWebhook(
      caller.project, request.id(), caller.options,
      [this, caller, request,
       done = std::move(done)](absl::StatusOr<v1::Webhook> webhook) mutable {
        if (!webhook.ok()) return std::move(done)(webhook.status());
        if (!webhook->has_url()) return std::move(done)(WebhookWithoutUrl());
        store_.GetSecrets(
            caller.project, request.id(), clock_(), caller.options,
            [this, caller, request, webhook = *std::move(webhook),
             done = std::move(done)](
                const absl::StatusOr<v1::WebhookSecrets>& secrets) mutable {
              if (!secrets.ok()) return std::move(done)(secrets.status());
              Send(caller, webhook, *secrets, request, std::move(done));
            });
      });
}

void WebhookTester::Send(const Caller& caller, const v1::Webhook& webhook,
                         const v1::WebhookSecrets& secrets,
                         const v1::TestWebhookRequest& request,
                         Done<v1::Attempt> done) {
  const absl::Time now = clock_();
  const v1::Event event = MakeEvent(webhook, request);
  HttpRequest http =
      MakeDeliveryRequest(webhook, secrets, event, now, timeout_);
  http.timeout =
      std::min(http.timeout, caller.options.deadline - now - kForAnswer);
  if (caller.options.trace != nullptr) {
    AddTrace(StartSpan(caller.options.trace->traceparent,
                       caller.options.trace->tracestate),
             http);
  }
  if (http.timeout <= absl::ZeroDuration()) {
    return std::move(done)(DeadlinePassed());
  }
  sender_->Send(
      std::move(http), [id = event.id_event(),
                        done = std::move(done)](HttpOutcome outcome) mutable {
        if (outcome.is_abandoned) {
          return std::move(done)(ServerStopping());
        }
        if (outcome.is_out_of_files) {
          return std::move(done)(
              absl::UnavailableError("the server is out of open files"));
        }
        outcome.attempt.set_number(1);
        outcome.attempt.set_max_number(1);
        outcome.attempt.set_id_event(id);
        std::move(done)(std::move(outcome.attempt));
      });
}

v1::Event WebhookTester::MakeEvent(const v1::Webhook& webhook,
                                   const v1::TestWebhookRequest& request) {
  const absl::Time now = clock_();
  v1::Event event;
  event.set_id_project(webhook.id_project());
  event.set_id_event(ids_.Make());
  event.set_type(request.has_type()        ? request.type()
                 : webhook.scope().empty() ? kDefaultType
                                           : webhook.scope(0));
  event.set_data(request.has_data()
                     ? *CompactJson(request.data(), kMaxDataDepth)
                     : kDefaultData);
  *event.mutable_created_at() = ToTimestamp(now);
  return event;
}

}  // namespace webhooks::server
