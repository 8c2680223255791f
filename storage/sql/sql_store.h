#ifndef WEBHOOKS_STORAGE_SQL_SQL_STORE_H_
#define WEBHOOKS_STORAGE_SQL_SQL_STORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "storage/errors.h"
#include "storage/leases.h"
#include "storage/notifications.h"
#include "storage/sealing/sealer.h"
#include "storage/sql/connection.h"
#include "storage/sql/group_writer.h"
#include "storage/sql/maintenance/maintenance_jobs.h"
#include "storage/sql/ownership.h"
#include "storage/sql/reader_pool.h"
#include "storage/sql/rows/fan_out.h"
#include "storage/steady_clock.h"
#include "storage/store.h"
#include "storage/store_observer.h"

namespace webhooks::sql {

// The connections of a store. Each writer has a thread of its own; all changes
// of a project go through the same one, one after another.
struct Connections {
  std::vector<std::unique_ptr<Connection>> writers;
  std::vector<std::unique_ptr<Connection>> readers;
  // For credentials, which every call looks up.
  std::vector<std::unique_ptr<Connection>> key_readers;
};

// More about a call that writes.
struct WriteExtras {
  // Runs after the commit, before the notifications are sent.
  absl::AnyInvocable<void()> committed = nullptr;
  GroupWriter::Prefetch prefetch = nullptr;
  std::size_t bytes = GroupWriter::kSmallCall;
  GroupWriter::Length length = GroupWriter::Length::kShort;
};

// A store in a SQL database.
class SqlStore final : public Store {
 public:
  // `observer` must outlive this. `self` describes this process. Releases
  // `held` when the last connection is closed. Without `ownership`, no other
  // process uses the database.
  SqlStore(std::unique_ptr<Sealer> sealer, Connections connections,
           StoreObserver& observer, SteadyClock steady_clock, v1::Server self,
           std::shared_ptr<void> held = nullptr,
           std::unique_ptr<Ownership> ownership = nullptr);
  ~SqlStore() override;

  void Probe(const CallOptions& options, DoneStatus done) override;
  void Maintain(absl::Time now, absl::Duration retention,
                const CallOptions& options, Done<bool> done) override;
  void AdvanceRetention(absl::Time now, absl::Duration max_step,
                        const CallOptions& options,
                        Done<absl::Time> done) override;
  void FindLatestId(const CallOptions& options, Done<absl::Time> done) override;
  void ListUnusedKeys(const CallOptions& options,
                      Done<std::vector<SecretKey::Id>> done) override;
  void ReplaceSecretKeys(SecretKeys keys, const CallOptions& options,
                         DoneStatus done) override;

  void CreateWebhook(const v1::Webhook& webhook,
                     const std::optional<Idempotency>& idempotency,
                     const CallOptions& options,
                     Done<Created<v1::Webhook>> done) override;
  void GetWebhook(absl::string_view project, absl::string_view id,
                  const CallOptions& options, Done<v1::Webhook> done) override;
  void ListWebhooks(absl::string_view project, const WebhookFilter& filter,
                    const PageStart<v1::Webhook>& start,
                    const CallOptions& options,
                    Done<Page<v1::Webhook>> done) override;
  void UpdateWebhook(absl::string_view project,
                     const v1::UpdateWebhookRequest& change, absl::Time now,
                     const CallOptions& options,
                     Done<v1::Webhook> done) override;
  void DeleteWebhook(absl::string_view project,
                     const v1::DeleteWebhookRequest& webhook,
                     const CallOptions& options,
                     Done<v1::Webhook> done) override;
  void RotateSecret(absl::string_view project, const SecretRotation& rotation,
                    const std::optional<Idempotency>& idempotency,
                    const CallOptions& options,
                    Done<Created<v1::Webhook>> done) override;
  void GetSecrets(absl::string_view project, absl::string_view id,
                  absl::Time now, const CallOptions& options,
                  Done<v1::WebhookSecrets> done) override;

  void HadFirstProject(const CallOptions& options, Done<bool> done) override;
  void CreateFirstProject(const v1::Project& project, const v1::ApiKey& key,
                          const ApiKeyHash& hash, const CallOptions& options,
                          DoneStatus done) override;
  void CreateProject(const v1::Project& project,
                     const std::optional<Idempotency>& idempotency,
                     const CallOptions& options,
                     Done<Created<v1::Project>> done) override;
  void GetProject(absl::string_view id, const CallOptions& options,
                  Done<v1::Project> done) override;
  void ListProjects(const PageStart<v1::Project>& start,
                    const CallOptions& options,
                    Done<Page<v1::Project>> done) override;
  void UpdateProject(const v1::UpdateProjectRequest& change,
                     const CallOptions& options,
                     Done<v1::Project> done) override;
  void DeleteProject(absl::string_view id, absl::Time now,
                     const CallOptions& options,
                     Done<v1::Project> done) override;
  void CreateApiKey(const v1::CreateApiKeyResponse& answer,
                    const ApiKeyHash& hash,
                    const std::optional<Idempotency>& idempotency,
                    const CallOptions& options,
                    Done<Created<v1::CreateApiKeyResponse>> done) override;
  void ListApiKeys(absl::string_view project,
                   const PageStart<v1::ApiKey>& start,
                   const CallOptions& options,
                   Done<Page<v1::ApiKey>> done) override;
  void RevokeApiKey(absl::string_view id, absl::Time now,
                    const CallOptions& options, Done<v1::ApiKey> done) override;
  void FindApiKey(const ApiKeyHash& hash, const CallOptions& options,
                  Done<KeyOwner> done) override;
  void NoteKeyUse(absl::string_view id, absl::Time now,
                  const CallOptions& options, DoneStatus done) override;
  void BindCertificate(const v1::CertificateBinding& binding,
                       const CallOptions& options,
                       Done<v1::CertificateBinding> done) override;
  void ListCertificates(absl::string_view project,
                        const PageStart<v1::CertificateBinding>& start,
                        const CallOptions& options,
                        Done<Page<v1::CertificateBinding>> done) override;
  void UnbindCertificate(absl::string_view name, const CallOptions& options,
                         Done<v1::CertificateBinding> done) override;
  void FindCertificate(absl::string_view name, const CallOptions& options,
                       Done<v1::Project> done) override;

  void PublishEvents(
      absl::string_view project, MaybeEvents events,
      const std::optional<Idempotency>& idempotency, const CallOptions& options,
      Done<Created<v1::PublishEventBatchResponse>> done) override;
  void PublishEvent(const v1::Event& event,
                    const std::optional<Idempotency>& idempotency,
                    const CallOptions& options,
                    Done<Created<v1::PublishEventResponse>> done) override;
  void GetEvent(absl::string_view project, absl::string_view id,
                const CallOptions& options, Done<v1::Event> done) override;
  void ListEvents(absl::string_view project, const EventFilter& filter,
                  const PageStart<v1::Event>& start, const CallOptions& options,
                  Done<Page<v1::Event>> done) override;

  void GetDelivery(absl::string_view project, absl::string_view id,
                   const CallOptions& options,
                   Done<v1::Delivery> done) override;
  void ListDeliveries(absl::string_view project, const DeliveryFilter& filter,
                      const PageStart<v1::Delivery>& start,
                      const CallOptions& options,
                      Done<Page<v1::Delivery>> done) override;
  void RetryDelivery(absl::string_view project, absl::string_view id,
                     absl::Time now, const CallOptions& options,
                     Done<v1::Delivery> done) override;
  void CancelDelivery(absl::string_view project, absl::string_view id,
                      const CallOptions& options,
                      Done<v1::Delivery> done) override;

  void DeliverEvent(absl::string_view project, absl::string_view event,
                    absl::string_view webhook, absl::Time now,
                    const std::optional<Idempotency>& once,
                    const CallOptions& options,
                    Done<Created<v1::Delivery>> done) override;
  void GetDeliveryFacts(absl::string_view project, absl::string_view event,
                        absl::string_view webhook, const CallOptions& options,
                        Done<DeliveryFacts> done) override;
  void CountWaiting(int limit, const CallOptions& options,
                    Done<WaitingCounts> done) override;
  void CreateRetryJob(const v1::RetryJob& job,
                      const std::optional<Idempotency>& idempotency,
                      const CallOptions& options,
                      Done<Created<v1::RetryJob>> done) override;
  void GetRetryJob(absl::string_view project, absl::string_view id,
                   const CallOptions& options,
                   Done<v1::RetryJob> done) override;
  void CancelRetryJob(absl::string_view project, absl::string_view id,
                      const CallOptions& options,
                      Done<v1::RetryJob> done) override;

  void ListEndpoints(absl::string_view after, int limit,
                     const CallOptions& options,
                     Done<std::vector<EndpointDue>> done) override;
  void LeaseDue(std::vector<LeaseRequest> requests, absl::Time now,
                absl::Duration duration, const CallOptions& options,
                Done<std::vector<EndpointLease>> done) override;
  void RecordAttempt(AttemptResult result, const CallOptions& options,
                     Done<RecordedAttempt> done) override;
  bool BeginAttempt(const LeaseName& lease) override;
  void RenewLease(const LeaseName& lease, absl::Duration duration) override;
  void GiveUpLeases(const std::vector<LeaseName>& leases) override;
  void Watch(Watcher watcher) override;

  void ListServers(const CallOptions& options,
                   Done<std::vector<v1::Server>> done) override;
  int CountServers() const override;
  void BeginLeaving() override;

 private:
  // Returns the number of the writer for the changes of `project`; "" for calls
  // of no project.
  std::size_t WriterOf(absl::string_view project) const;
  GroupWriter& Writer(absl::string_view project) {
    return *writers_[WriterOf(project)];
  }

  // Completes the call with the result of `select`, on a reader, in the turn of
  // `project`. Calls without a project share the turn of "".
  template <typename T, typename Select>
  void Read(absl::string_view project, const CallOptions& options,
            Select select, Done<T> done) {
    ReadIn(readers_, project, options, std::move(select), std::move(done));
  }

  // Like Read, on the reader for credentials, which every call needs.
  template <typename T, typename Select>
  void ReadKey(const CallOptions& options, Select select, Done<T> done) {
    ReadIn(key_readers_, /*project=*/"", options, std::move(select),
           std::move(done));
  }

  template <typename T, typename Select>
  static void ReadIn(ReaderPool& readers, absl::string_view project,
                     const CallOptions& options, Select select, Done<T> done) {
    readers.Submit(options, std::string(project),
                   [select = std::move(select), done = std::move(done)](
                       absl::Status status, Connection* connection) mutable {
                     if (!status.ok()) {
                       std::move(done)(std::move(status));
                     } else {
                       auto result = select(*connection);
                       // Such as one that was idle while the server restarted.
                       if (!result.ok() && connection->LostToAnother()) {
                         result = select(*connection);
                       }
                       std::move(done)(std::move(result));
                     }
                   });
  }

  // Completes the call with the result of `work` once that is durable. `work`
  // runs on the writer of `project`, and may run several times.
  template <typename T, typename Work>
  void Write(absl::string_view project, const CallOptions& options, Work work,
             Done<T> done, WriteExtras extras = {}) {
    WriteAndNotify<T>(
        project, options,
        [work = std::move(work)](Connection& connection,
                                 Notifications&) mutable {
          return work(connection);
        },
        std::move(done), std::move(extras));
  }

  // Like Write, for work that causes notifications. Sends them after the
  // commit, then completes the call.
  template <typename T, typename Work>
  void WriteAndNotify(absl::string_view project, const CallOptions& options,
                      Work work, Done<T> done, WriteExtras extras = {}) {
    struct Outcome {
      absl::StatusOr<T> result = StorageFailure();
      Notifications notifications;
    };
    auto outcome = std::make_shared<Outcome>();
    Writer(project).Submit(
        options,
        [this, work = std::move(work),
         outcome](Connection& connection) mutable {
          outcome->notifications = Notifications();
          outcome->result = work(connection, outcome->notifications);
          if (!outcome->result.ok()) return outcome->result.status();
          return Announce(connection, outcome->notifications);
        },
        [this, outcome, done = std::move(done),
         committed = std::move(extras.committed)](absl::Status status) mutable {
          if (!status.ok()) return std::move(done)(std::move(status));
          if (committed) committed();
          Notify(outcome->notifications);
          std::move(done)(std::move(outcome->result));
        },
        extras.bytes, extras.length, std::move(extras.prefetch));
  }

  // Tells other processes of the changes that their endpoints need to know.
  absl::Status Announce(Connection& connection,
                        const Notifications& notifications);
  // Tells the observer, and the watcher of the endpoints that this process
  // owns.
  void Notify(const Notifications& notifications);
  bool Owns(const Endpoint& endpoint) const {
    return ownership_ == nullptr || ownership_->Owns(endpoint);
  }
  // Writes to the disk if that is due.
  void ProbeWriter(const CallOptions& options, DoneStatus done);

  // Returns true if this process performs the maintenance. Only for work of
  // the writer of no project.
  bool PreparesMaintenance();
  Ownership::Callbacks OwnershipCallbacks();
  // Tells the watcher of the endpoints that deliveries wait for and that
  // `is_owned` accepts.
  void FindWaiting(std::function<bool(const Endpoint&)> is_owned,
                   std::function<void(bool)> done);

  // A call of PublishEvent or PublishEvents.
  template <typename T>
  struct Publication;
  template <typename T>
  void Publish(std::shared_ptr<Publication<T>> call);
  template <typename T>
  void PublishInSteps(std::shared_ptr<Publication<T>> call);

  // Leases for requests whose projects share a writer.
  void LeaseOnWriter(std::vector<LeaseRequest> requests, absl::Time now,
                     absl::Duration duration, const CallOptions& options,
                     Done<std::vector<EndpointLease>> done);

  const std::shared_ptr<void> held_;
  const std::unique_ptr<Sealer> sealer_;
  const SteadyClock steady_clock_;
  // This process, if no other one is there.
  const v1::Server self_;
  std::atomic<bool> is_leaving_ = false;
  // The time of the next probe that writes. Only for work of the writer of no
  // project.
  absl::Duration next_probe_ = -absl::InfiniteDuration();
  Leases leases_;
  ReservedSeqs reserved_seqs_;
  // Only for work of the writer of no project.
  MaintenanceJobs maintenance_;
  Notifier notifier_;
  // Leaves when the writers have ended. Null: no other process is there.
  const std::unique_ptr<Ownership> ownership_;
  // True while this process performs the maintenance. Only for work of the
  // writer of no project.
  bool maintains_ = false;
  std::vector<std::unique_ptr<GroupWriter>> writers_;
  ReaderPool readers_;
  ReaderPool key_readers_;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_SQL_STORE_H_
