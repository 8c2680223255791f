#include "server/services/delivery_service.h"

#include <utility>

#include "server/delivery/explanation.h"
#include "server/services/event_rules.h"
#include "server/services/lists.h"
#include "server/services/retry_jobs.h"

namespace webhooks::server {
namespace {

constexpr absl::string_view kDeliveries = "deliveries";

DeliveryFilter FilterOf(const v1::ListDeliveriesRequest& wanted) {
  return {If(wanted.has_id_webhook_endpoint(), wanted.id_webhook_endpoint()),
          If(wanted.has_id_event(), wanted.id_event()),
          If(wanted.has_state(), wanted.state()),
          If(wanted.has_event_type(), wanted.event_type()),
          PublishedRange(wanted)};
}

}  // namespace

DeliveryService::DeliveryService(Calls& calls, DeliveryStore& store,
                                 WebhookTester& tester, Entropy& entropy,
                                 Clock clock, PausedUntil paused_until,
                                 std::function<void()> wake_jobs)
    : calls_(calls),
      store_(store),
      tester_(tester),
      entropy_(entropy),
      clock_(std::move(clock)),
      paused_until_(std::move(paused_until)),
      wake_jobs_(std::move(wake_jobs)) {}

grpc::ServerUnaryReactor* DeliveryService::List(Context* context,
                                                const Bytes* request,
                                                Bytes* response) {
  return calls_.Unary<v1::ListDeliveriesRequest, v1::ListDeliveriesResponse>(
      "webhooks.v1.DeliveryService/List", context, request, response,
      [](const Caller& caller, const v1::ListDeliveriesRequest& wanted) {
        return CheckPage(ListName(kDeliveries, caller.project, wanted), wanted,
                         CheckRequest(wanted));
      },
      [this](const Caller& caller, const v1::ListDeliveriesRequest& wanted,
             Done<v1::ListDeliveriesResponse> done) {
        const std::string list = ListName(kDeliveries, caller.project, wanted);
        store_.ListDeliveries(
            caller.project, FilterOf(wanted), PageOf(list, wanted),
            caller.options,
            AnswerWithPage(list,
                           &v1::ListDeliveriesResponse::mutable_deliveries,
                           std::move(done)));
      });
}

grpc::ServerUnaryReactor* DeliveryService::Get(Context* context,
                                               const Bytes* request,
                                               Bytes* response) {
  return calls_.Unary<v1::GetDeliveryRequest, v1::Delivery>(
      "webhooks.v1.DeliveryService/Get", context, request, response,
      &Calls::Anything,
      [this](const Caller& caller, const v1::GetDeliveryRequest& wanted,
             Done<v1::Delivery> done) {
        store_.GetDelivery(caller.project, wanted.id(), caller.options,
                           std::move(done));
      });
}

grpc::ServerUnaryReactor* DeliveryService::Retry(Context* context,
                                                 const Bytes* request,
                                                 Bytes* response) {
  return calls_.Unary<v1::RetryDeliveryRequest, v1::Delivery>(
      "webhooks.v1.DeliveryService/Retry", context, request, response,
      &Calls::Anything,
      [this](const Caller& caller, const v1::RetryDeliveryRequest& wanted,
             Done<v1::Delivery> done) {
        store_.RetryDelivery(caller.project, wanted.id(), clock_(),
                             caller.options, std::move(done));
      });
}

grpc::ServerUnaryReactor* DeliveryService::Cancel(Context* context,
                                                  const Bytes* request,
                                                  Bytes* response) {
  return calls_.Unary<v1::CancelDeliveryRequest, v1::Delivery>(
      "webhooks.v1.DeliveryService/Cancel", context, request, response,
      &Calls::Anything,
      [this](const Caller& caller, const v1::CancelDeliveryRequest& wanted,
             Done<v1::Delivery> done) {
        store_.CancelDelivery(caller.project, wanted.id(), caller.options,
                              std::move(done));
      });
}

grpc::ServerUnaryReactor* DeliveryService::CreateRetryJob(Context* context,
                                                          const Bytes* request,
                                                          Bytes* response) {
  return calls_.UnaryOnce<v1::CreateRetryJobRequest, v1::RetryJob>(
      "webhooks.v1.DeliveryService/CreateRetryJob", context, request, response,
      {&CheckRetryJob},
      [this](const Caller& caller, const v1::CreateRetryJobRequest& wanted,
             const std::optional<Idempotency>& once,
             Done<Created<v1::RetryJob>> done) {
        store_.CreateRetryJob(
            MakeRetryJob(caller.project, wanted, entropy_, clock_()), once,
            caller.options,
            [this, done = std::move(done)](
                absl::StatusOr<Created<v1::RetryJob>> job) mutable {
              if (job.ok()) wake_jobs_();
              std::move(done)(std::move(job));
            });
      });
}

grpc::ServerUnaryReactor* DeliveryService::GetRetryJob(Context* context,
                                                       const Bytes* request,
                                                       Bytes* response) {
  return calls_.Unary<v1::GetRetryJobRequest, v1::RetryJob>(
      "webhooks.v1.DeliveryService/GetRetryJob", context, request, response,
      &Calls::Anything,
      [this](const Caller& caller, const v1::GetRetryJobRequest& wanted,
             Done<v1::RetryJob> done) {
        store_.GetRetryJob(caller.project, wanted.id(), caller.options,
                           std::move(done));
      });
}

grpc::ServerUnaryReactor* DeliveryService::CancelRetryJob(Context* context,
                                                          const Bytes* request,
                                                          Bytes* response) {
  return calls_.Unary<v1::CancelRetryJobRequest, v1::RetryJob>(
      "webhooks.v1.DeliveryService/CancelRetryJob", context, request, response,
      &Calls::Anything,
      [this](const Caller& caller, const v1::CancelRetryJobRequest& wanted,
             Done<v1::RetryJob> done) {
        store_.CancelRetryJob(caller.project, wanted.id(), caller.options,
                              std::move(done));
      });
}

grpc::ServerUnaryReactor* DeliveryService::Test(Context* context,
                                                const Bytes* request,
                                                Bytes* response) {
  return calls_.Unary<v1::TestWebhookRequest, v1::Attempt>(
      "webhooks.v1.DeliveryService/Test", context, request, response,
      &WebhookTester::Check,
      [this](const Caller& caller, const v1::TestWebhookRequest& wanted,
             Done<v1::Attempt> done) {
        tester_.Test(caller, wanted, std::move(done));
      });
}

grpc::ServerUnaryReactor* DeliveryService::Explain(Context* context,
                                                   const Bytes* request,
                                                   Bytes* response) {
  return calls_.Unary<v1::ExplainDeliveryRequest, v1::ExplainDeliveryResponse>(
      "webhooks.v1.DeliveryService/Explain", context, request, response,
      &Calls::Anything,
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
