#ifndef WEBHOOKS_TESTS_SUPPORT_FAKE_DELIVERY_H_
#define WEBHOOKS_TESTS_SUPPORT_FAKE_DELIVERY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/delivery/sender.h"
#include "storage/delivery_queue.h"

namespace webhooks::testing {

// A DeliveryQueue in memory that completes its calls at once, and can be made
// to fail. Each delivery gets one attempt. Thread-safe.
class FakeQueue : public DeliveryQueue {
 public:
  // Leases are timed by `steady`.
  explicit FakeQueue(std::function<absl::Time()> steady)
      : steady_(std::move(steady)) {}

  // Adds a waiting delivery; the URL of its webhook is `webhook`.
  void Put(const Endpoint& endpoint, const std::string& id, absl::Time due);
  // Adds a waiting delivery and notifies the watcher.
  void Publish(const Endpoint& endpoint, const std::string& id, absl::Time due);
  void Tell(const EndpointDue& due);

  // Sets the settings and secrets of all webhooks.
  void SetSettings(const v1::DeliverySettings& settings);
  void SetSecrets(const v1::WebhookSecrets& secrets);
  // Sets the trace of all deliveries.
  void SetTrace(const TraceHeaders& trace);

  // Makes the next calls end with `status` and do nothing. OK ends this.
  void FailLists(const absl::Status& status);
  void FailLeases(const absl::Status& status);
  void FailRecords(const absl::Status& status);

  // The next attempt may not begin.
  void RefuseNextAttempt();

  // Waits until `count` attempts are recorded, and returns them.
  std::vector<AttemptResult> AwaitRecords(std::size_t count);
  // Waits until `count` calls of RecordAttempt have failed.
  void AwaitFailures(int count);
  // Waits until `count` calls of LeaseDue have failed.
  void AwaitFailedLeases(int count);
  // Waits until the delivery's lease has been given up.
  void AwaitGivenUp(const std::string& id);
  // Waits until a lease has been requested for the endpoint.
  void AwaitLeaseRequest(const Endpoint& endpoint);

  // Returns when the delivery's lease ends; InfinitePast if it has none.
  absl::Time LeasedUntil(const std::string& id) const;

  void ListEndpoints(absl::string_view after, int limit,
                     const CallOptions& options,
                     Done<std::vector<EndpointDue>> done) override;
  void LeaseDue(std::vector<LeaseRequest> requests, absl::Time now,
                absl::Duration lease, const CallOptions& options,
                Done<std::vector<EndpointLease>> done) override;
  void RecordAttempt(AttemptResult result, const CallOptions& options,
                     Done<RecordedAttempt> done) override;
  bool BeginAttempt(const LeaseName& lease) override;
  void RenewLease(const LeaseName& name, absl::Duration lease) override;
  void GiveUpLeases(const std::vector<LeaseName>& leases) override;
  void Watch(Watcher watcher) override;

 private:
  struct Waiting {
    Endpoint endpoint;
    absl::Time due;
    absl::Time leased_until = absl::InfinitePast();
    std::int64_t lease = 0;
    int given_up = 0;
  };

  EndpointLease Lease(const LeaseRequest& request, absl::Time now,
                      absl::Duration lease)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::function<absl::Time()> steady_;
  mutable absl::Mutex mutex_;
  // By id; leased in this order.
  std::map<std::string, Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<AttemptResult> records_ ABSL_GUARDED_BY(mutex_);
  std::vector<Endpoint> requested_ ABSL_GUARDED_BY(mutex_);
  v1::DeliverySettings settings_ ABSL_GUARDED_BY(mutex_);
  v1::WebhookSecrets secrets_ ABSL_GUARDED_BY(mutex_);
  TraceHeaders trace_ ABSL_GUARDED_BY(mutex_);
  absl::Status list_status_ ABSL_GUARDED_BY(mutex_);
  absl::Status lease_status_ ABSL_GUARDED_BY(mutex_);
  absl::Status record_status_ ABSL_GUARDED_BY(mutex_);
  bool refuses_next_ ABSL_GUARDED_BY(mutex_) = false;
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;
  int failed_leases_ ABSL_GUARDED_BY(mutex_) = 0;

  absl::Mutex watcher_mutex_;
  Watcher watcher_ ABSL_GUARDED_BY(watcher_mutex_);
};

// Keeps requests until the test answers them. Thread-safe.
class FakeSender : public server::Sender {
 public:
  void Send(server::HttpRequest request, Done done) override;
  void Abandon() override;

  // Waits until `count` requests have been sent in total. Returns their URLs.
  std::vector<std::string> AwaitSent(std::size_t count);
  std::vector<std::string> Sent() const;

  // Returns the headers of the last request.
  std::vector<std::string> LastHeaders() const;

  // Answers the oldest request to the URL that is in flight.
  void Answer(const std::string& url, int status,
              const std::string& retry_after = "");

  // Ends the oldest request to the URL as not sent, because the process is out
  // of files.
  void RunOutOfFiles(const std::string& url);

  bool IsAbandoned() const;

 private:
  void End(const std::string& url, server::HttpOutcome outcome);

  mutable absl::Mutex mutex_;
  std::vector<std::string> sent_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> last_headers_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::pair<std::string, Done>> in_flight_ ABSL_GUARDED_BY(mutex_);
  bool is_abandoned_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_FAKE_DELIVERY_H_
