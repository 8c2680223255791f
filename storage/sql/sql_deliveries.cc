#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_facts.h"
#include "storage/sql/rows/delivery_rows.h"
#include "storage/sql/rows/kept_answer_rows.h"
#include "storage/sql/rows/late_deliveries.h"
#include "storage/sql/rows/queue_rows.h"
#include "storage/sql/rows/retry_job_rows.h"
#include "storage/sql/sql_store.h"

// The parts of SqlStore that are DeliveryStore and DeliveryQueue.
namespace webhooks::sql {
namespace {

void AddLeases(const EndpointLease& lease, std::vector<LeaseName>& names) {
  for (const LeasedDelivery& delivery : lease.deliveries) {
    names.push_back({delivery.id, delivery.lease});
  }
}

// The wait before endpoints are requested again whose transaction failed.
constexpr absl::Duration kRetryAfterError = absl::Seconds(5);

// Collects the answers to the parts of one call. Thread-safe.
class JoinedLeases {
 public:
  JoinedLeases(std::size_t count, absl::Time now,
               Done<std::vector<EndpointLease>> done)
      : now_(now), answers_(count), missing_(count), done_(std::move(done)) {}

  // Adds the answers for the requests at `places`. Completes the call with the
  // last part.
  void Add(const std::vector<std::size_t>& places,
           absl::StatusOr<std::vector<EndpointLease>> part) {
    absl::ReleasableMutexLock lock(&mutex_);
    for (std::size_t i = 0; i < places.size(); ++i) {
      EndpointLease& answer = answers_[places[i]];
      if (part.ok()) {
        answer = std::move((*part)[i]);
      } else {
        answer.status = part.status();
        answer.next_due = now_ + kRetryAfterError;
      }
    }
    missing_ -= places.size();
    if (missing_ > 0) return;
    std::vector<EndpointLease> answers = std::move(answers_);
    lock.Release();
    std::move(done_)(std::move(answers));
  }

 private:
  const absl::Time now_;
  absl::Mutex mutex_;
  std::vector<EndpointLease> answers_ ABSL_GUARDED_BY(mutex_);
  std::size_t missing_ ABSL_GUARDED_BY(mutex_);
  Done<std::vector<EndpointLease>> done_;
};

}  // namespace

void SqlStore::GetDelivery(absl::string_view project, absl::string_view id,
                           const CallOptions& options,
                           Done<v1::Delivery> done) {
  Read<v1::Delivery>(
      project, options,
      [this, project = std::string(project),
       id = std::string(id)](Connection& connection) {
        return SelectDelivery(connection, leases_, project, id);
      },
      std::move(done));
}

void SqlStore::ListDeliveries(absl::string_view project,
                              const DeliveryFilter& filter,
                              const PageStart<v1::Delivery>& start,
                              const CallOptions& options,
                              Done<Page<v1::Delivery>> done) {
  Read<Page<v1::Delivery>>(
      project, options,
      [this, project = std::string(project), filter,
       start](Connection& connection) {
        return SelectDeliveries(connection, leases_, project, filter, start);
      },
      std::move(done));
}

void SqlStore::RetryDelivery(absl::string_view project, absl::string_view id,
                             absl::Time now, const CallOptions& options,
                             Done<v1::Delivery> done) {
  WriteAndNotify<v1::Delivery>(
      project, options,
      [this, project = std::string(project), id = std::string(id), now](
          Connection& connection, Notifications& notifications) {
        return sql::RetryDelivery(connection, leases_, project, id, now,
                                  notifications);
      },
      std::move(done));
}

void SqlStore::CancelDelivery(absl::string_view project, absl::string_view id,
                              const CallOptions& options,
                              Done<v1::Delivery> done) {
  WriteAndNotify<v1::Delivery>(
      project, options,
      [this, project = std::string(project), id = std::string(id)](
          Connection& connection, Notifications& notifications) {
        return sql::CancelDelivery(connection, leases_, project, id,
                                   notifications);
      },
      std::move(done));
}

void SqlStore::DeliverEvent(absl::string_view project, absl::string_view event,
                            absl::string_view webhook, absl::Time now,
                            const std::optional<Idempotency>& once,
                            const CallOptions& options,
                            Done<Created<v1::Delivery>> done) {
  WriteAndNotify<Created<v1::Delivery>>(
      project, options,
      [this, project = std::string(project), event = std::string(event),
       webhook = std::string(webhook), now,
       once](Connection& connection, Notifications& notifications) {
        KeptAnswerRows answers(connection, *sealer_);
        return PerformOnce<v1::Delivery>(answers, once, [&] {
          return sql::DeliverEvent(connection, leases_, project, event, webhook,
                                   now, notifications);
        });
      },
      std::move(done));
}

void SqlStore::GetDeliveryFacts(absl::string_view project,
                                absl::string_view event,
                                absl::string_view webhook,
                                const CallOptions& options,
                                Done<DeliveryFacts> done) {
  Read<DeliveryFacts>(
      project, options,
      [this, project = std::string(project), event = std::string(event),
       webhook = std::string(webhook)](Connection& connection) {
        return SelectFacts(connection, *sealer_, leases_, project, event,
                           webhook);
      },
      std::move(done));
}

void SqlStore::CountWaiting(int limit, const CallOptions& options,
                            Done<WaitingCounts> done) {
  Read<WaitingCounts>(
      "", options,
      [limit](Connection& connection) {
        return sql::CountWaiting(connection, limit);
      },
      std::move(done));
}

void SqlStore::CreateRetryJob(const v1::RetryJob& job,
                              const std::optional<Idempotency>& idempotency,
                              const CallOptions& options,
                              Done<Created<v1::RetryJob>> done) {
  Write<Created<v1::RetryJob>>(
      job.id_project(), options,
      [this, job, idempotency](Connection& connection) {
        KeptAnswerRows answers(connection, *sealer_);
        return PerformOnce<v1::RetryJob>(answers, idempotency, [&] {
          return InsertRetryJob(connection, *sealer_, job);
        });
      },
      std::move(done));
}

void SqlStore::GetRetryJob(absl::string_view project, absl::string_view id,
                           const CallOptions& options,
                           Done<v1::RetryJob> done) {
  Read<v1::RetryJob>(
      project, options,
      [project = std::string(project),
       id = std::string(id)](Connection& connection) {
        return SelectRetryJob(connection, project, id);
      },
      std::move(done));
}

void SqlStore::CancelRetryJob(absl::string_view project, absl::string_view id,
                              const CallOptions& options,
                              Done<v1::RetryJob> done) {
  Write<v1::RetryJob>(
      project, options,
      [project = std::string(project),
       id = std::string(id)](Connection& connection) {
        return sql::CancelRetryJob(connection, project, id);
      },
      std::move(done));
}

void SqlStore::ListEndpoints(absl::string_view after, int limit,
                             const CallOptions& options,
                             Done<std::vector<EndpointDue>> done) {
  using Dues = std::vector<EndpointDue>;
  Read<Dues>(
      "", options,
      [this, after = std::string(after),
       limit](Connection& connection) -> absl::StatusOr<Dues> {
        Dues owned;
        for (std::string last = after;;) {
          auto page = SelectEndpoints(connection, last, limit);
          if (!page.ok()) return page;
          const bool is_last = static_cast<int>(page->size()) < limit;
          if (!page->empty()) last = page->back().endpoint.webhook;
          std::erase_if(*page, [&](const EndpointDue& due) {
            return !Owns(due.endpoint);
          });
          for (EndpointDue& due : *page) {
            if (static_cast<int>(owned.size()) == limit) return owned;
            owned.push_back(std::move(due));
          }
          if (is_last) return owned;
        }
      },
      std::move(done));
}

void SqlStore::LeaseDue(std::vector<LeaseRequest> requests, absl::Time now,
                        absl::Duration duration, const CallOptions& options,
                        Done<std::vector<EndpointLease>> done) {
  if (writers_.size() == 1 || requests.size() <= 1) {
    return LeaseOnWriter(std::move(requests), now, duration, options,
                         std::move(done));
  }
  auto joined =
      std::make_shared<JoinedLeases>(requests.size(), now, std::move(done));
  std::vector<std::vector<LeaseRequest>> parts(writers_.size());
  std::vector<std::vector<std::size_t>> places(writers_.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::size_t writer = WriterOf(requests[i].endpoint.project);
    parts[writer].push_back(std::move(requests[i]));
    places[writer].push_back(i);
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty()) continue;
    LeaseOnWriter(std::move(parts[i]), now, duration, options,
                  [joined, places = std::move(places[i])](
                      absl::StatusOr<std::vector<EndpointLease>> part) {
                    joined->Add(places, std::move(part));
                  });
  }
}

void SqlStore::LeaseOnWriter(std::vector<LeaseRequest> requests, absl::Time now,
                             absl::Duration duration,
                             const CallOptions& options,
                             Done<std::vector<EndpointLease>> done) {
  const std::string project =
      requests.empty() ? "" : requests.front().endpoint.project;
  using Answers = std::vector<EndpointLease>;
  // Also before the transaction begins, so that it sees what the process has
  // changed that owned the endpoint before.
  std::vector<bool> owned;
  for (const LeaseRequest& request : requests) {
    owned.push_back(Owns(request.endpoint));
  }
  const auto given = std::make_shared<std::vector<LeaseName>>();
  // A write, so that it sees every attempt that was recorded.
  WriteAndNotify<Answers>(
      project, options,
      [this, requests = std::move(requests), owned = std::move(owned), now,
       duration,
       given](Connection& connection,
              Notifications& notifications) -> absl::StatusOr<Answers> {
        // If a lost transaction is repeated, gives up the leases of its first
        // run.
        GiveUpLeases(std::exchange(*given, {}));
        std::vector<LeaseRequest> allowed;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < requests.size(); ++i) {
          if (!owned[i] || !Owns(requests[i].endpoint)) continue;
          allowed.push_back(requests[i]);
          places.push_back(i);
        }
        auto leased = sql::LeaseDue(connection, *sealer_, leases_, allowed, now,
                                    duration, notifications);
        Answers answers(requests.size());
        for (std::size_t i = 0; i < leased.size(); ++i) {
          AddLeases(leased[i], *given);
          answers[places[i]] = std::move(leased[i]);
        }
        return answers;
      },
      [this, given,
       done = std::move(done)](absl::StatusOr<Answers> answers) mutable {
        // The transaction may have failed after this call was performed.
        if (!answers.ok()) GiveUpLeases(*given);
        std::move(done)(std::move(answers));
      },
      // It requests rows itself.
      {.prefetch = [](Connection&) {}});
}

void SqlStore::RecordAttempt(AttemptResult result, const CallOptions& options,
                             Done<RecordedAttempt> done) {
  const LeaseName lease = result.lease;
  const std::string project = result.endpoint.project;
  const std::size_t bytes =
      GroupWriter::kSmallCall + result.record.ByteSizeLong();
  WriteAndNotify<RecordedAttempt>(
      project, options,
      [this, result = std::move(result)](Connection& connection,
                                         Notifications& notifications) {
        return WriteAttempt(connection, *sealer_, leases_, result,
                            notifications);
      },
      [this, lease, done = std::move(done)](
          absl::StatusOr<RecordedAttempt> recorded) mutable {
        // Retention may have deleted the delivery.
        if (absl::IsAborted(recorded.status())) GiveUpLeases({lease});
        std::move(done)(std::move(recorded));
      },
      {// Ends the lease before the watcher is notified.
       .committed = [this, lease] { GiveUpLeases({lease}); },
       .prefetch =
           [id = UuidBytes(lease.delivery)](Connection& connection) {
             PrefetchProgress(connection, id);
           },
       .bytes = bytes});
}

bool SqlStore::BeginAttempt(const LeaseName& lease) {
  const auto endpoint = leases_.Begin(UuidBytes(lease.delivery), lease.lease);
  return endpoint && Owns(*endpoint);
}

void SqlStore::RenewLease(const LeaseName& lease, absl::Duration duration) {
  leases_.Renew(UuidBytes(lease.delivery), lease.lease, duration);
}

void SqlStore::GiveUpLeases(const std::vector<LeaseName>& leases) {
  for (const LeaseName& lease : leases) {
    leases_.End(UuidBytes(lease.delivery), lease.lease);
  }
}

void SqlStore::Watch(Watcher watcher) { notifier_.Watch(std::move(watcher)); }

}  // namespace webhooks::sql
