#ifndef WEBHOOKS_SERVER_SERVICES_WEBHOOK_TESTER_H_
#define WEBHOOKS_SERVER_SERVICES_WEBHOOK_TESTER_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/call/calls.h"
#include "server/call/id_maker.h"
#include "server/delivery/sender.h"
#include "server/runtime/clock.h"
#include "storage/webhook_store.h"
#include "webhooks/v1/delivery_service.pb.h"

namespace webhooks::server {

// Sends example events: DeliveryService.Test. Thread-safe.
class WebhookTester {
 public:
  // All must outlive this. A null `sender` is one that does not deliver.
  // `timeout` holds for webhooks without one of their own.
  WebhookTester(WebhookStore& store, Sender* sender, absl::Duration timeout,
                IdMaker& ids, Clock clock);

  // Returns the faults of a request, as EventRules.
  static absl::Status Check(const v1::TestWebhookRequest& request);

  // Ends as the call does. RESOURCE_EXHAUSTED (TOO_MANY_TESTS): as many run
  // already. An attempt is given up a little before the caller's
  // deadline, so that the caller learns of it.
  void Test(const Caller& caller, const v1::TestWebhookRequest& request,
            Done<v1::Attempt> done);

 private:
  // Counts a test that begins, if there is room for it, and one that ends.
  bool TryCount(const std::string& project);
  void Uncount(const std::string& project);
  void Begin(const Caller& caller, const v1::TestWebhookRequest& request,
             Done<v1::Attempt> done);
  void Send(const Caller& caller, const v1::Webhook& webhook,
            const v1::WebhookSecrets& secrets,
            const v1::TestWebhookRequest& request, Done<v1::Attempt> done);
  v1::Event MakeEvent(const v1::Webhook& webhook,
                      const v1::TestWebhookRequest& request);

  WebhookStore& store_;
  Sender* const sender_;
  const absl::Duration timeout_;
  IdMaker& ids_;
  const Clock clock_;

  absl::Mutex mutex_;
  int all_running_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, int> running_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_WEBHOOK_TESTER_H_
