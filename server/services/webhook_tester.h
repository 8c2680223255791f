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
  // All references and `sender` must outlive this. `sender` is null if this
  // server does not deliver. `timeout` applies to webhooks that do not set one.
  WebhookTester(WebhookStore& store, Sender* sender, absl::Duration timeout,
                IdMaker& ids, Clock clock);

  // Checks a request. Errors are like those of EventRules.
  static absl::Status Check(const v1::TestWebhookRequest& request);

  // Sends an example event and completes with the attempt. RESOURCE_EXHAUSTED
  // (TOO_MANY_TESTS) if too many tests are running. The attempt times out
  // before the caller's deadline, so that the caller gets its outcome.
  void Test(const Caller& caller, const v1::TestWebhookRequest& request,
            Done<v1::Attempt> done);

 private:
  // Counts a test that starts. Returns false if too many are running.
  bool TryCount(const std::string& project);
  void Uncount(const std::string& project);
  void Start(const Caller& caller, const v1::TestWebhookRequest& request,
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
