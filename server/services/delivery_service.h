#ifndef WEBHOOKS_SERVER_SERVICES_DELIVERY_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_DELIVERY_SERVICE_H_

#include <functional>
#include <optional>

#include "server/call/calls.h"
#include "server/call/clock.h"
#include "server/call/entropy.h"
#include "server/services/webhook_tester.h"
#include "storage/delivery_queue.h"
#include "storage/delivery_store.h"
#include "webhooks/v1/delivery_service.grpc.pb.h"

namespace webhooks::server {

// The generated service with every method raw.
struct RawDeliveryService {
  using S = v1::DeliveryService;
  using Type = S::WithRawCallbackMethod_List<S::WithRawCallbackMethod_Get<
      S::WithRawCallbackMethod_Retry<S::WithRawCallbackMethod_Cancel<
          S::WithRawCallbackMethod_CreateRetryJob<
              S::WithRawCallbackMethod_GetRetryJob<
                  S::WithRawCallbackMethod_CancelRetryJob<
                      S::WithRawCallbackMethod_Test<
                          S::WithRawCallbackMethod_Explain<S::Service>>>>>>>>>;
};

// webhooks.v1.DeliveryService; what its calls promise stands in the proto.
class DeliveryService final : public RawDeliveryService::Type {
 public:
  // Returns when the pause of an overloaded endpoint ends; nullopt if it has
  // none.
  using PausedUntil =
      std::function<std::optional<absl::Time>(const Endpoint& endpoint)>;

  // All must outlive this. `wake_jobs` is called when there is a new retry job.
  DeliveryService(Calls& calls, DeliveryStore& store, WebhookTester& tester,
                  Entropy& entropy, Clock clock, PausedUntil paused_until,
                  std::function<void()> wake_jobs);

  using Context = grpc::CallbackServerContext;
  using Bytes = grpc::ByteBuffer;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* List(Context* context, const Bytes* request,
                Bytes* response) override;
  Reactor* Get(Context* context, const Bytes* request,
               Bytes* response) override;
  Reactor* Retry(Context* context, const Bytes* request,
                 Bytes* response) override;
  Reactor* Cancel(Context* context, const Bytes* request,
                  Bytes* response) override;
  Reactor* CreateRetryJob(Context* context, const Bytes* request,
                          Bytes* response) override;
  Reactor* GetRetryJob(Context* context, const Bytes* request,
                       Bytes* response) override;
  Reactor* CancelRetryJob(Context* context, const Bytes* request,
                          Bytes* response) override;
  Reactor* Test(Context* context, const Bytes* request,
                Bytes* response) override;
  Reactor* Explain(Context* context, const Bytes* request,
                   Bytes* response) override;

 private:
  Calls& calls_;
  DeliveryStore& store_;
  WebhookTester& tester_;
  Entropy& entropy_;
  const Clock clock_;
  const PausedUntil paused_until_;
  const std::function<void()> wake_jobs_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_DELIVERY_SERVICE_H_
