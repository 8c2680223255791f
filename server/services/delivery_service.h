#ifndef WEBHOOKS_SERVER_SERVICES_DELIVERY_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_DELIVERY_SERVICE_H_

#include <functional>
#include <optional>

#include "absl/strings/string_view.h"
#include "server/call/calls.h"
#include "server/call/id_maker.h"
#include "server/call/methods.h"
#include "server/runtime/clock.h"
#include "server/services/webhook_tester.h"
#include "storage/delivery_queue.h"
#include "storage/delivery_store.h"
#include "webhooks/v1/delivery_service.pb.h"

namespace webhooks::server {

// Implements webhooks.v1.DeliveryService; the proto documents its calls.
class DeliveryService final {
 public:
  static constexpr absl::string_view kName = "webhooks.v1.DeliveryService";

  // Returns the end of the pause of an overloaded endpoint; nullopt if it is
  // not paused.
  using PausedUntil =
      std::function<std::optional<absl::Time>(const Endpoint& endpoint)>;

  // All references must outlive this. `wake_jobs` is called for each new retry
  // job.
  DeliveryService(Calls& calls, DeliveryStore& store, WebhookTester& tester,
                  IdMaker& ids, Clock clock, PausedUntil paused_until,
                  std::function<void()> wake_jobs);

  // Adds the methods of the service. This must outlive their calls.
  void AddTo(Methods& methods);

 private:
  CallReactor* List(CallContext& context);
  CallReactor* Get(CallContext& context);
  CallReactor* Deliver(CallContext& context);
  CallReactor* Retry(CallContext& context);
  CallReactor* Cancel(CallContext& context);
  CallReactor* CreateRetryJob(CallContext& context);
  CallReactor* GetRetryJob(CallContext& context);
  CallReactor* CancelRetryJob(CallContext& context);
  CallReactor* Test(CallContext& context);
  CallReactor* Explain(CallContext& context);

  Calls& calls_;
  DeliveryStore& store_;
  WebhookTester& tester_;
  IdMaker& ids_;
  const Clock clock_;
  const PausedUntil paused_until_;
  const std::function<void()> wake_jobs_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_DELIVERY_SERVICE_H_
