#ifndef WEBHOOKS_SERVER_SERVICES_WEBHOOK_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_WEBHOOK_SERVICE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/call/calls.h"
#include "server/call/id_maker.h"
#include "server/call/methods.h"
#include "server/runtime/clock.h"
#include "server/runtime/entropy.h"
#include "server/services/webhook_rules.h"
#include "storage/webhook_store.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::server {

// Implements webhooks.v1.WebhookService; the proto documents its calls.
class WebhookService final {
 public:
  static constexpr absl::string_view kName = "webhooks.v1.WebhookService";

  // All but `rules` must outlive this.
  WebhookService(Calls& calls, WebhookStore& store, Entropy& entropy,
                 IdMaker& ids, Clock clock, WebhookRules rules);

  // Adds the methods of the service. This must outlive their calls.
  void AddTo(Methods& methods);

 private:
  CallReactor* Create(CallContext& context);
  CallReactor* Get(CallContext& context);
  CallReactor* List(CallContext& context);
  CallReactor* UpdateStatus(CallContext& context);
  CallReactor* Update(CallContext& context);
  CallReactor* Delete(CallContext& context);
  CallReactor* RotateSecret(CallContext& context);
  CallReactor* GetSecrets(CallContext& context);
  CallReactor* VerifyEvent(CallContext& context);
  CallReactor* CheckKey(CallContext& context);

  v1::Webhook MakeWebhook(const std::string& project,
                          const v1::CreateWebhookRequest& request);

  // Returns the check that every method passes to Calls.
  template <typename Request>
  Calls::Check<Request> Rules() {
    return [this](const Request& request) { return rules_.Check(request); };
  }

  Calls& calls_;
  WebhookStore& store_;
  Entropy& entropy_;
  IdMaker& ids_;
  const Clock clock_;
  const WebhookRules rules_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_WEBHOOK_SERVICE_H_
