#include "tests/support/fake_delivery.h"

#include <algorithm>

#include "gtest/gtest.h"
namespace webhooks::testing {
namespace {

bool Contains(const std::vector<Endpoint>& endpoints,
              const Endpoint& endpoint) {
  return std::find(endpoints.begin(), endpoints.end(), endpoint) !=
         endpoints.end();
}

}  // namespace

void FakeQueue::Put(const Endpoint& endpoint, const std::string& id,
                    absl::Time due) {
  absl::MutexLock lock(&mutex_);
  waiting_[id] = {endpoint, due};
}

void FakeQueue::Publish(const Endpoint& endpoint, const std::string& id,
                        absl::Time due) {
  Put(endpoint, id, due);
  Tell({endpoint, due});
}

void FakeQueue::Tell(const EndpointDue& due) {
  absl::MutexLock lock(&watcher_mutex_);
  if (watcher_) watcher_(due);
}

void FakeQueue::SetSettings(const v1::DeliverySettings& settings) {
  absl::MutexLock lock(&mutex_);
  settings_ = settings;
}

void FakeQueue::SetSecrets(const v1::WebhookSecrets& secrets) {
  absl::MutexLock lock(&mutex_);
  secrets_ = secrets;
}

void FakeQueue::FailLists(const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  list_status_ = status;
}

void FakeQueue::FailLeases(const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  lease_status_ = status;
}

void FakeQueue::FailRecords(const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  record_status_ = status;
}

std::vector<AttemptResult> FakeQueue::AwaitRecords(std::size_t count) {
  const auto enough = [&] {
    mutex_.AssertHeld();
    return records_.size() >= count;
  };
  absl::MutexLock lock(&mutex_, absl::Condition(&enough));
  return records_;
}

void FakeQueue::AwaitFailures(int count) {
  const auto enough = [&] {
    mutex_.AssertHeld();
    return failures_ >= count;
  };
  absl::MutexLock lock(&mutex_, absl::Condition(&enough));
}

void FakeQueue::AwaitFailedLeases(int count) {
  const auto enough = [&] {
    mutex_.AssertHeld();
    return failed_leases_ >= count;
  };
  absl::MutexLock lock(&mutex_, absl::Condition(&enough));
}

void FakeQueue::AwaitGivenUp(const std::string& id) {
  const auto given_up = [&] {
    mutex_.AssertHeld();
    return waiting_.at(id).given_up > 0;
  };
  absl::MutexLock lock(&mutex_, absl::Condition(&given_up));
}

void FakeQueue::AwaitLeaseRequest(const Endpoint& endpoint) {
  const auto is_requested = [&] {
    mutex_.AssertHeld();
    return Contains(requested_, endpoint);
  };
  absl::MutexLock lock(&mutex_, absl::Condition(&is_requested));
}

void FakeQueue::SetTrace(const TraceHeaders& trace) {
  absl::MutexLock lock(&mutex_);
  trace_ = trace;
}

absl::Time FakeQueue::LeasedUntil(const std::string& id) const {
  absl::MutexLock lock(&mutex_);
  return waiting_.at(id).leased_until;
}

void FakeQueue::ListEndpoints(absl::string_view after, int limit,
                              const CallOptions& /*options*/,
                              Done<std::vector<EndpointDue>> done) {
  absl::Status status;
  std::map<std::string, EndpointDue> endpoints;
  {
    absl::MutexLock lock(&mutex_);
    status = list_status_;
    for (const auto& [id, waiting] : waiting_) {
      if (waiting.endpoint.webhook <= after) continue;
      auto [found, is_new] = endpoints.try_emplace(
          waiting.endpoint.webhook, EndpointDue{waiting.endpoint, waiting.due});
      found->second.due = std::min(found->second.due, waiting.due);
    }
  }
  if (!status.ok()) return std::move(done)(status);
  std::vector<EndpointDue> page;
  for (auto& [webhook, due] : endpoints) {
    if (static_cast<int>(page.size()) < limit) page.push_back(std::move(due));
  }
  std::move(done)(std::move(page));
}

EndpointLease FakeQueue::Lease(const LeaseRequest& request, absl::Time now,
                               absl::Duration duration) {
  const absl::Time steady = steady_();
  EndpointLease lease;
  lease.webhook.emplace();
  lease.webhook->set_id_webhook_endpoint(request.endpoint.webhook);
  lease.webhook->set_url(request.endpoint.webhook);
  *lease.webhook->mutable_delivery() = settings_;
  lease.secrets = secrets_;
  for (auto& [id, waiting] : waiting_) {
    if (waiting.endpoint != request.endpoint || waiting.leased_until > steady) {
      continue;
    }
    if (waiting.due > now ||
        static_cast<int>(lease.deliveries.size()) == request.limit) {
      lease.next_due = std::min(lease.next_due, waiting.due);
      continue;
    }
    waiting.leased_until = steady + duration;
    LeasedDelivery& delivery = lease.deliveries.emplace_back();
    delivery.id = id;
    delivery.lease = ++waiting.lease;
    delivery.due = waiting.due;
    delivery.event.set_data("{}");
    delivery.trace = trace_;
  }
  return lease;
}

void FakeQueue::LeaseDue(std::vector<LeaseRequest> requests, absl::Time now,
                         absl::Duration lease, const CallOptions& /*options*/,
                         Done<std::vector<EndpointLease>> done) {
  absl::Status status;
  std::vector<EndpointLease> leases;
  {
    absl::MutexLock lock(&mutex_);
    status = lease_status_;
    for (const LeaseRequest& request : requests) {
      if (status.ok()) leases.push_back(Lease(request, now, lease));
    }
  }
  if (status.ok()) {
    std::move(done)(std::move(leases));
  } else {
    std::move(done)(status);
  }
  // Completes the call before a test sees its effect.
  absl::MutexLock lock(&mutex_);
  if (!status.ok()) ++failed_leases_;
  for (const LeaseRequest& request : requests)
    requested_.push_back(request.endpoint);
}

void FakeQueue::RecordAttempt(AttemptResult result,
                              const CallOptions& /*options*/,
                              Done<RecordedAttempt> done) {
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    status = record_status_;
    if (status.ok()) waiting_.erase(result.lease.delivery);
  }
  if (status.ok()) {
    std::move(done)(RecordedAttempt());
  } else {
    std::move(done)(status);
  }
  // Completes the call before a test sees its effect.
  absl::MutexLock lock(&mutex_);
  if (status.ok()) {
    records_.push_back(std::move(result));
  } else {
    ++failures_;
  }
}

void FakeQueue::RefuseNextAttempt() {
  absl::MutexLock lock(&mutex_);
  refuses_next_ = true;
}

bool FakeQueue::BeginAttempt(const LeaseName& lease) {
  absl::MutexLock lock(&mutex_);
  EXPECT_EQ(waiting_.at(lease.delivery).lease, lease.lease);
  return !std::exchange(refuses_next_, false);
}

void FakeQueue::RenewLease(const LeaseName& name, absl::Duration lease) {
  absl::MutexLock lock(&mutex_);
  Waiting& waiting = waiting_.at(name.delivery);
  ASSERT_EQ(waiting.lease, name.lease);
  waiting.leased_until = steady_() + lease;
}

void FakeQueue::GiveUpLeases(const std::vector<LeaseName>& leases) {
  absl::MutexLock lock(&mutex_);
  for (const LeaseName& lease : leases) {
    Waiting& waiting = waiting_.at(lease.delivery);
    ASSERT_EQ(waiting.lease, lease.lease);
    waiting.leased_until = absl::InfinitePast();
    ++waiting.given_up;
  }
}

void FakeQueue::Watch(Watcher watcher) {
  absl::MutexLock lock(&watcher_mutex_);
  watcher_ = std::move(watcher);
}

void FakeSender::Send(server::HttpRequest request, Done done) {
  absl::MutexLock lock(&mutex_);
  sent_.push_back(request.url);
  last_headers_ = request.headers;
  in_flight_.emplace_back(std::move(request.url), std::move(done));
}

void FakeSender::Abandon() {
  std::vector<std::pair<std::string, Done>> abandoned;
  {
    absl::MutexLock lock(&mutex_);
    is_abandoned_ = true;
    abandoned.swap(in_flight_);
  }
  for (auto& [url, done] : abandoned) {
    server::HttpOutcome outcome;
    outcome.is_abandoned = true;
    std::move(done)(std::move(outcome));
  }
}

std::vector<std::string> FakeSender::AwaitSent(std::size_t count) {
  const auto enough = [&] {
    mutex_.AssertHeld();
    return sent_.size() >= count;
  };
  absl::MutexLock lock(&mutex_, absl::Condition(&enough));
  return sent_;
}

std::vector<std::string> FakeSender::Sent() const {
  absl::MutexLock lock(&mutex_);
  return sent_;
}

std::vector<std::string> FakeSender::LastHeaders() const {
  absl::MutexLock lock(&mutex_);
  return last_headers_;
}

void FakeSender::End(const std::string& url, server::HttpOutcome outcome) {
  Done done;
  {
    absl::MutexLock lock(&mutex_);
    const auto found =
        std::find_if(in_flight_.begin(), in_flight_.end(),
                     [&](const auto& flight) { return flight.first == url; });
    done = std::move(found->second);
    in_flight_.erase(found);
  }
  std::move(done)(std::move(outcome));
}

void FakeSender::Answer(const std::string& url, int status,
                        const std::string& retry_after) {
  server::HttpOutcome outcome;
  outcome.attempt.set_status(status);
  outcome.retry_after = retry_after;
  if (status / 100 != 2) outcome.attempt.set_error(v1::Attempt::HTTP_STATUS);
  End(url, std::move(outcome));
}

void FakeSender::RunOutOfFiles(const std::string& url) {
  server::HttpOutcome outcome;
  outcome.is_out_of_files = true;
  End(url, std::move(outcome));
}

bool FakeSender::IsAbandoned() const {
  absl::MutexLock lock(&mutex_);
  return is_abandoned_;
}

}  // namespace webhooks::testing
