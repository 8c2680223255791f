#ifndef WEBHOOKS_SERVER_SERVICES_WEBHOOK_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_WEBHOOK_SERVICE_H_

#include <string>

#include "server/call/calls.h"
#include "server/call/clock.h"
#include "server/call/entropy.h"
#include "server/services/webhook_rules.h"
#include "storage/webhook_store.h"
#include "webhooks/v1/webhook_service.grpc.pb.h"

namespace webhooks::server {

// The generated service with every method raw.
struct RawWebhookService {
  using S = v1::WebhookService;
  using Type = S::WithRawCallbackMethod_Create<S::WithRawCallbackMethod_Get<
      S::WithRawCallbackMethod_List<S::WithRawCallbackMethod_UpdateStatus<
          S::WithRawCallbackMethod_Update<S::WithRawCallbackMethod_Delete<
              S::WithRawCallbackMethod_RotateSecret<
                  S::WithRawCallbackMethod_GetSecrets<
                      S::WithRawCallbackMethod_VerifyEvent<
                          S::WithRawCallbackMethod_CheckKey<
                              S::Service>>>>>>>>>>;
};

// webhooks.v1.WebhookService; what its calls promise stands in the proto.
class WebhookService final : public RawWebhookService::Type {
 public:
  // All but `rules` must outlive this.
  WebhookService(Calls& calls, WebhookStore& store, Entropy& entropy,
                 Clock clock, WebhookRules rules);

  using Context = grpc::CallbackServerContext;
  using Bytes = grpc::ByteBuffer;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* Create(Context* context, const Bytes* request,
                  Bytes* response) override;
  Reactor* Get(Context* context, const Bytes* request,
               Bytes* response) override;
  Reactor* List(Context* context, const Bytes* request,
                Bytes* response) override;
  Reactor* UpdateStatus(Context* context, const Bytes* request,
                        Bytes* response) override;
  Reactor* Update(Context* context, const Bytes* request,
                  Bytes* response) override;
  Reactor* Delete(Context* context, const Bytes* request,
                  Bytes* response) override;
  Reactor* RotateSecret(Context* context, const Bytes* request,
                        Bytes* response) override;
  Reactor* GetSecrets(Context* context, const Bytes* request,
                      Bytes* response) override;
  Reactor* VerifyEvent(Context* context, const Bytes* request,
                       Bytes* response) override;
  Reactor* CheckKey(Context* context, const Bytes* request,
                    Bytes* response) override;

 private:
  v1::Webhook MakeWebhook(const std::string& project,
                          const v1::CreateWebhookRequest& request);

  // What every method passes to Calls as its check.
  template <typename Request>
  Calls::Check<Request> Rules() {
    return [this](const Request& request) { return rules_.Check(request); };
  }

  Calls& calls_;
  WebhookStore& store_;
  Entropy& entropy_;
  const Clock clock_;
  const WebhookRules rules_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_WEBHOOK_SERVICE_H_
