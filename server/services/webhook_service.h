#ifndef WEBHOOKS_SERVER_SERVICES_WEBHOOK_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_WEBHOOK_SERVICE_H_

#include "server/call/authenticator.h"
#include "server/call/calls.h"
#include "server/call/entropy.h"
#include "server/services/webhook_rules.h"
#include "storage/store.h"
#include "webhooks/v1/webhook_service.grpc.pb.h"

namespace webhooks::server {

// webhooks.v1.WebhookService; what its calls promise stands in the proto.
class WebhookService final
    : public v1::WebhookService::WithRawCallbackMethod_Create<
          v1::WebhookService::WithRawCallbackMethod_Get<
              v1::WebhookService::Service>> {
 public:
  // All but `rules` must outlive this.
  WebhookService(Calls& calls, Store& store, Entropy& entropy, Clock clock,
                 WebhookRules rules);

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request,
                                grpc::ByteBuffer* response) override;

 private:
  v1::Webhook MakeWebhook(const std::string& project,
                          const v1::CreateWebhookRequest& request);

  Calls& calls_;
  Store& store_;
  Entropy& entropy_;
  const Clock clock_;
  const WebhookRules rules_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_WEBHOOK_SERVICE_H_
