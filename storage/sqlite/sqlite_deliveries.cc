#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/delivery_facts.h"
#include "storage/sqlite/rows/delivery_rows.h"
#include "storage/sqlite/rows/kept_answer_rows.h"
#include "storage/sqlite/rows/late_deliveries.h"
#include "storage/sqlite/rows/queue_rows.h"
#include "storage/sqlite/rows/retry_job_rows.h"
#include "storage/sqlite/sqlite_store.h"

// The parts of SqliteStore that are DeliveryStore and DeliveryQueue.
namespace webhooks::sqlite {
namespace {

void AddLeases(const EndpointLease& lease, std::vector<LeaseName>& names) {
  for (const LeasedDelivery& delivery : lease.deliveries) {
    names.push_back({delivery.id, delivery.lease});
  }
}

}  // namespace

void SqliteStore::GetDelivery(absl::string_view project, absl::string_view id,
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

void SqliteStore::ListDeliveries(absl::string_view project,
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

void SqliteStore::RetryDelivery(absl::string_view project, absl::string_view id,
                                absl::Time now, const CallOptions& options,
                                Done<v1::Delivery> done) {
  WriteAndNotify<v1::Delivery>(
      options,
      [this, project = std::string(project), id = std::string(id), now](
          Connection& connection, Notifications& notifications) {
        return sqlite::RetryDelivery(connection, leases_, project, id, now,
                                     notifications);
      },
      std::move(done));
}

void SqliteStore::CancelDelivery(absl::string_view project,
                                 absl::string_view id,
                                 const CallOptions& options,
                                 Done<v1::Delivery> done) {
  WriteAndNotify<v1::Delivery>(
      options,
      [this, project = std::string(project), id = std::string(id)](
          Connection& connection, Notifications& notifications) {
        return sqlite::CancelDelivery(connection, leases_, project, id,
                                      notifications);
      },
      std::move(done));
}

void SqliteStore::DeliverEvent(absl::string_view project,
                               absl::string_view event,
                               absl::string_view webhook, absl::Time now,
                               const std::optional<Idempotency>& once,
                               const CallOptions& options,
                               Done<Created<v1::Delivery>> done) {
  WriteAndNotify<Created<v1::Delivery>>(
      options,
      [this, project = std::string(project), event = std::string(event),
       webhook = std::string(webhook), now,
       once](Connection& connection, Notifications& notifications) {
        KeptAnswerRows answers(connection, *sealer_);
        return PerformOnce<v1::Delivery>(answers, once, [&] {
          return sqlite::DeliverEvent(connection, leases_, project, event,
                                      webhook, now, notifications);
        });
      },
      std::move(done));
}

void SqliteStore::GetDeliveryFacts(absl::string_view project,
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

void SqliteStore::CountWaiting(int limit, const CallOptions& options,
                               Done<WaitingCounts> done) {
  Read<WaitingCounts>(
      "", options,
      [limit](Connection& connection) {
        return sqlite::CountWaiting(connection, limit);
      },
      std::move(done));
}

void SqliteStore::CreateRetryJob(const v1::RetryJob& job,
                                 const std::optional<Idempotency>& idempotency,
                                 const CallOptions& options,
                                 Done<Created<v1::RetryJob>> done) {
  Write<Created<v1::RetryJob>>(
      options,
      [this, job, idempotency](Connection& connection) {
        KeptAnswerRows answers(connection, *sealer_);
        return PerformOnce<v1::RetryJob>(answers, idempotency, [&] {
          return InsertRetryJob(connection, *sealer_, job);
        });
      },
      std::move(done));
}

void SqliteStore::GetRetryJob(absl::string_view project, absl::string_view id,
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

void SqliteStore::CancelRetryJob(absl::string_view project,
                                 absl::string_view id,
                                 const CallOptions& options,
                                 Done<v1::RetryJob> done) {
  Write<v1::RetryJob>(
      options,
      [project = std::string(project),
       id = std::string(id)](Connection& connection) {
        return sqlite::CancelRetryJob(connection, project, id);
      },
      std::move(done));
}

void SqliteStore::ListEndpoints(absl::string_view after, int limit,
                                const CallOptions& options,
                                Done<std::vector<EndpointDue>> done) {
  Read<std::vector<EndpointDue>>(
      "", options,
      [after = std::string(after), limit](Connection& connection) {
        return SelectEndpoints(connection, after, limit);
      },
      std::move(done));
}

void SqliteStore::LeaseDue(std::vector<LeaseRequest> requests, absl::Time now,
                           absl::Duration duration, const CallOptions& options,
                           Done<std::vector<EndpointLease>> done) {
  using Answers = std::vector<EndpointLease>;
  const auto given = std::make_shared<std::vector<LeaseName>>();
  // A write, so that it sees every attempt that was recorded.
  WriteAndNotify<Answers>(
      options,
      [this, requests = std::move(requests), now, duration, given](
          Connection& connection,
          Notifications& notifications) -> absl::StatusOr<Answers> {
        // If a lost transaction is repeated, gives up the leases of its first
        // run.
        GiveUpLeases(std::exchange(*given, {}));
        Answers answers;
        for (const LeaseRequest& request : requests) {
          answers.push_back(sqlite::LeaseDue(connection, *sealer_, leases_,
                                             request, now, duration,
                                             notifications));
          AddLeases(answers.back(), *given);
        }
        return answers;
      },
      [this, given,
       done = std::move(done)](absl::StatusOr<Answers> answers) mutable {
        // The transaction may have failed after this call was performed.
        if (!answers.ok()) GiveUpLeases(*given);
        std::move(done)(std::move(answers));
      });
}

void SqliteStore::RecordAttempt(AttemptResult result,
                                const CallOptions& options,
                                Done<RecordedAttempt> done) {
  const LeaseName lease = result.lease;
  const std::size_t bytes =
      GroupWriter::kSmallCall + result.record.ByteSizeLong();
  WriteAndNotify<RecordedAttempt>(
      options,
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
      // Ends the lease before the watcher is notified.
      [this, lease] { GiveUpLeases({lease}); }, bytes);
}

void SqliteStore::BeginAttempt(const LeaseName& lease) {
  leases_.Begin(UuidBytes(lease.delivery), lease.lease);
}

void SqliteStore::RenewLease(const LeaseName& lease, absl::Duration duration) {
  leases_.Renew(UuidBytes(lease.delivery), lease.lease, duration);
}

void SqliteStore::GiveUpLeases(const std::vector<LeaseName>& leases) {
  for (const LeaseName& lease : leases) {
    leases_.End(UuidBytes(lease.delivery), lease.lease);
  }
}

void SqliteStore::Watch(Watcher watcher) {
  notifier_.Watch(std::move(watcher));
}

}  // namespace webhooks::sqlite
