#include "server/services/delivery_service.h"

#include <utility>

#include "google/rpc/error_details.pb.h"
#include "server/delivery/explanation.h"
#include "server/services/event_rules.h"
#include "server/services/field_rules.h"
#include "server/services/lists.h"
#include "server/services/retry_jobs.h"

namespace webhooks::server {
namespace {

constexpr absl::string_view kDeliveries = "deliveries";

DeliveryFilter FilterOf(const v1::ListDeliveriesRequest& wanted) {
  return {OptionalIf(wanted.has_id_webhook_endpoint(),
                     wanted.id_webhook_endpoint()),
          OptionalIf(wanted.has_id_event(), wanted.id_event()),
          OptionalIf(wanted.has_state(), wanted.state()),
          OptionalIf(wanted.has_event_type(), wanted.event_type()),
          PublishedRange(wanted)};
}

}  // namespace

DeliveryService::DeliveryService(Calls& calls, DeliveryStore& store,
                                 WebhookTester& tester, IdMaker& ids,
                                 Clock clock, PausedUntil paused_until,
                                 std::function<void()> wake_jobs)
    : calls_(calls),
      store_(store),
      tester_(tester),
      ids_(ids),
      clock_(std::move(clock)),
      paused_until_(std::move(paused_until)),
      wake_jobs_(std::move(wake_jobs)) {}

void DeliveryService::AddTo(Methods& methods) {
  methods.Add(kName, "List", *this, &DeliveryService::List);
  methods.Add(kName, "Get", *this, &DeliveryService::Get);
  methods.Add(kName, "Deliver", *this, &DeliveryService::Deliver);
  methods.Add(kName, "Retry", *this, &DeliveryService::Retry);
  methods.Add(kName, "Cancel", *this, &DeliveryService::Cancel);
  methods.Add(kName, "CreateRetryJob", *this, &DeliveryService::CreateRetryJob);
  methods.Add(kName, "GetRetryJob", *this, &DeliveryService::GetRetryJob);
  methods.Add(kName, "CancelRetryJob", *this, &DeliveryService::CancelRetryJob);
  methods.Add(kName, "Test", *this, &DeliveryService::Test);
  methods.Add(kName, "Explain", *this, &DeliveryService::Explain);
}

CallReactor* DeliveryService::List(CallContext& context) {
  return calls_.Unary<v1::ListDeliveriesRequest, v1::ListDeliveriesResponse>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::ListDeliveriesRequest& wanted,
             Done<v1::ListDeliveriesResponse> done) {
        const std::string list = ListName(kDeliveries, caller.project, wanted);
        const auto start =
            ReadPage<v1::Delivery>(list, wanted, CheckRequest(wanted));
        if (!start.ok()) return std::move(done)(start.status());
        store_.ListDeliveries(
            caller.project, FilterOf(wanted), *start, caller.options,
            AnswerWithPage(list,
                           &v1::ListDeliveriesResponse::mutable_deliveries,
                           std::move(done)));
      });
}

CallReactor* DeliveryService::Get(CallContext& context) {
  return calls_.Unary<v1::GetDeliveryRequest, v1::Delivery>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::GetDeliveryRequest& wanted,
             Done<v1::Delivery> done) {
        store_.GetDelivery(caller.project, wanted.id(), caller.options,
                           std::move(done));
      });
}

CallReactor* DeliveryService::Deliver(CallContext& context) {
  return calls_.UnaryOnce<v1::DeliverEventRequest, v1::Delivery>(
      context, {[](const v1::DeliverEventRequest& wanted) {
        google::rpc::BadRequest violations;
        CheckRequestId(wanted.request_id(), violations);
        return ViolationsStatus(violations);
      }},
      [this](const Caller& caller, const v1::DeliverEventRequest& wanted,
             const std::optional<Idempotency>& once,
             Done<Created<v1::Delivery>> done) {
        store_.DeliverEvent(caller.project, wanted.id(),
                            wanted.id_webhook_endpoint(), clock_(), once,
                            caller.options, std::move(done));
      });
}

CallReactor* DeliveryService::Retry(CallContext& context) {
  return calls_.Unary<v1::RetryDeliveryRequest, v1::Delivery>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::RetryDeliveryRequest& wanted,
             Done<v1::Delivery> done) {
        store_.RetryDelivery(caller.project, wanted.id(), clock_(),
                             caller.options, std::move(done));
      });
}

CallReactor* DeliveryService::Cancel(CallContext& context) {
  return calls_.Unary<v1::CancelDeliveryRequest, v1::Delivery>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::CancelDeliveryRequest& wanted,
             Done<v1::Delivery> done) {
        store_.CancelDelivery(caller.project, wanted.id(), caller.options,
                              std::move(done));
      });
}

CallReactor* DeliveryService::CreateRetryJob(CallContext& context) {
  return calls_.UnaryOnce<v1::CreateRetryJobRequest, v1::RetryJob>(
      context, {&CheckRetryJob},
      [this](const Caller& caller, const v1::CreateRetryJobRequest& wanted,
             const std::optional<Idempotency>& idempotency,
             Done<Created<v1::RetryJob>> done) {
        store_.CreateRetryJob(
            MakeRetryJob(caller.project, wanted, ids_, clock_()), idempotency,
            caller.options,
            [this, done = std::move(done)](
                absl::StatusOr<Created<v1::RetryJob>> job) mutable {
              if (job.ok()) wake_jobs_();
              std::move(done)(std::move(job));
            });
      });
}

CallReactor* DeliveryService::GetRetryJob(CallContext& context) {
  return calls_.Unary<v1::GetRetryJobRequest, v1::RetryJob>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::GetRetryJobRequest& wanted,
             Done<v1::RetryJob> done) {
        store_.GetRetryJob(caller.project, wanted.id(), caller.options,
                           std::move(done));
      });
}

CallReactor* DeliveryService::CancelRetryJob(CallContext& context) {
  return calls_.Unary<v1::CancelRetryJobRequest, v1::RetryJob>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::CancelRetryJobRequest& wanted,
             Done<v1::RetryJob> done) {
        store_.CancelRetryJob(caller.project, wanted.id(), caller.options,
                              std::move(done));
      });
}

CallReactor* DeliveryService::Test(CallContext& context) {
  return calls_.Unary<v1::TestWebhookRequest, v1::Attempt>(
      context, &WebhookTester::Check,
      [this](const Caller& caller, const v1::TestWebhookRequest& wanted,
             Done<v1::Attempt> done) {
        tester_.Test(caller, wanted, std::move(done));
      });
}

CallReactor* DeliveryService::Explain(CallContext& context) {
  return calls_.Unary<v1::ExplainDeliveryRequest, v1::ExplainDeliveryResponse>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::ExplainDeliveryRequest& wanted,
             Done<v1::ExplainDeliveryResponse> done) {
        store_.GetDeliveryFacts(
            caller.project, wanted.id_event(), wanted.id_webhook_endpoint(),
            caller.options,
            [this, project = caller.project, done = std::move(done)](
                const absl::StatusOr<DeliveryFacts>& facts) mutable {
              if (!facts.ok()) return std::move(done)(facts.status());
              std::optional<absl::Time> paused_until;
              if (facts->webhook) {
                paused_until = paused_until_(
                    {project, facts->webhook->id_webhook_endpoint()});
              }
              std::move(done)(server::Explain(*facts, clock_(), paused_until));
            });
      });
}

}  // namespace webhooks::server
