#include "storage/sql/sql_store.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "storage/sql/maintenance/retention.h"
#include "storage/sql/rows/latest_id.h"
#include "storage/sql/rows/project_rows.h"
#include "storage/sql/rows/queue_rows.h"
#include "storage/sql/rows/secret_key_rows.h"
#include "storage/uuid.h"

namespace webhooks::sql {
namespace {

// The interval of probes that write, while writes succeed: each costs an fsync.
constexpr absl::Duration kProbeEvery = absl::Seconds(10);

// Returns the options of a call that does not run on its caller's thread, so
// that it completes before other work runs.
CallOptions Queued(CallOptions options) {
  options.may_block = false;
  return options;
}

v1::Server WithId(v1::Server server) {
  std::array<std::uint8_t, 10> bits;
  absl::BitGen random;
  for (std::uint8_t& byte : bits) byte = absl::Uniform<std::uint8_t>(random);
  server.set_id_server(FormatUuid(MakeUuidV7(absl::Now(), bits)));
  server.set_answering(true);
  return server;
}

}  // namespace

SqlStore::SqlStore(std::unique_ptr<Sealer> sealer, Connections connections,
                   StoreObserver& observer, SteadyClock steady_clock,
                   v1::Server self, std::shared_ptr<void> held,
                   std::unique_ptr<Ownership> ownership)
    : held_(std::move(held)),
      sealer_(std::move(sealer)),
      steady_clock_(std::move(steady_clock)),
      self_(WithId(std::move(self))),
      leases_(steady_clock_),
      maintenance_(*sealer_, leases_, reserved_seqs_),
      notifier_(observer),
      ownership_(std::move(ownership)),
      readers_(std::move(connections.readers), observer),
      key_readers_(std::move(connections.key_readers), observer) {
  for (auto& connection : connections.writers) {
    writers_.push_back(std::make_unique<GroupWriter>(std::move(connection),
                                                     observer, steady_clock_));
  }
  if (ownership_ != nullptr) ownership_->Start(leases_, OwnershipCallbacks());
}

// The readers close before the writers, which perform the last checkpoint.
SqlStore::~SqlStore() {
  if (ownership_ != nullptr) ownership_->Stop();
}

absl::Status SqlStore::Announce(Connection& connection,
                                const Notifications& notifications) {
  if (ownership_ == nullptr) return absl::OkStatus();
  return ownership_->Announce(connection, notifications.Endpoints());
}

void SqlStore::Notify(const Notifications& notifications) {
  if (ownership_ == nullptr) return notifier_.Send(notifications);
  notifier_.Send(notifications, [this](const Endpoint& endpoint) {
    return endpoint.webhook.empty() || ownership_->Owns(endpoint);
  });
}

Ownership::Callbacks SqlStore::OwnershipCallbacks() {
  Ownership::Callbacks callbacks;
  callbacks.find_waiting = [this](auto is_owned, auto done) {
    FindWaiting(std::move(is_owned), std::move(done));
  };
  callbacks.lost = [this](const Endpoint& endpoint) {
    notifier_.Notify({endpoint, absl::InfinitePast(), /*has_changed=*/true});
  };
  callbacks.changed = [this](const EndpointDue& change) {
    notifier_.Notify(change);
  };
  callbacks.after_transactions = [this](std::function<void(bool)> done) {
    const auto are_over = std::make_shared<std::atomic<bool>>(true);
    // Calls `done` when the last writer has dropped it.
    const std::shared_ptr<void> last(
        nullptr,
        [are_over, done = std::move(done)](void*) { done(*are_over); });
    for (auto& writer : writers_) {
      writer->Submit(
          {}, [](Connection&) { return absl::OkStatus(); },
          [last, are_over](const absl::Status& status) {
            if (!status.ok()) *are_over = false;
          },
          GroupWriter::kSmallCall, GroupWriter::Length::kShort,
          /*prefetch=*/[](Connection&) {});
    }
  };
  return callbacks;
}

void SqlStore::FindWaiting(std::function<bool(const Endpoint&)> is_owned,
                           std::function<void(bool)> done) {
  constexpr int kPage = 1000;
  Read<bool>(
      "", {},
      [this, is_owned = std::move(is_owned)](
          Connection& connection) -> absl::StatusOr<bool> {
        std::string after;
        for (;;) {
          const auto page = SelectEndpoints(connection, after, kPage);
          if (!page.ok()) return page.status();
          for (const EndpointDue& due : *page) {
            if (is_owned(due.endpoint)) notifier_.Notify(due);
          }
          if (page->size() < kPage) return true;
          after = page->back().endpoint.webhook;
        }
      },
      [done = std::move(done)](const absl::StatusOr<bool>& found) {
        done(found.ok());
      });
}

std::size_t SqlStore::WriterOf(absl::string_view project) const {
  if (project.empty() || writers_.size() == 1) return 0;
  return absl::HashOf(UuidBytes(project)) % writers_.size();
}

void SqlStore::Probe(const CallOptions& options, DoneStatus done) {
  readers_.Submit(options, /*project=*/"",
                  [this, options, done = std::move(done)](
                      absl::Status status, Connection* connection) mutable {
                    if (status.ok())
                      status = sql::HadFirstProject(*connection).status();
                    if (!status.ok()) return std::move(done)(std::move(status));
                    ProbeWriter(options, std::move(done));
                  });
}

void SqlStore::ProbeWriter(const CallOptions& options, DoneStatus done) {
  Writer("").Submit(
      Queued(options),
      [this](Connection& writer) {
        const bool is_due =
            steady_clock_() >= next_probe_ || Writer("").is_failing();
        return is_due ? writer.TryToWrite() : absl::OkStatus();
      },
      // Runs before other work, as the call is queued.
      [this, done = std::move(done)](absl::Status status) mutable {
        const absl::Duration now = steady_clock_();
        if (status.ok() && now >= next_probe_) next_probe_ = now + kProbeEvery;
        std::move(done)(std::move(status));
      });
}

bool SqlStore::PreparesMaintenance() {
  const bool maintains = ownership_ == nullptr || ownership_->Maintains();
  // Another process has gone on with it since.
  if (maintains && !maintains_) maintenance_.BeginAgain();
  // Another process may go on to seal under an older key.
  maintenance_.KeepOlderKeys(ownership_ != nullptr && !ownership_->IsAlone());
  maintains_ = maintains;
  return maintains;
}

void SqlStore::Maintain(absl::Time now, absl::Duration retention,
                        const CallOptions& options, Done<bool> done) {
  WriteAndNotify<bool>(
      "", Queued(options),
      [this, now, retention](
          Connection& connection,
          Notifications& notifications) -> absl::StatusOr<bool> {
        if (!PreparesMaintenance()) return false;
        return maintenance_.Step(connection, now, retention, notifications);
      },
      // Runs before other work, as the call is queued.
      [this, done = std::move(done)](absl::StatusOr<bool> more) mutable {
        if (more.ok()) maintenance_.Committed();
        std::move(done)(std::move(more));
      });
}

void SqlStore::AdvanceRetention(absl::Time now, absl::Duration max_step,
                                const CallOptions& options,
                                Done<absl::Time> done) {
  Write<absl::Time>(
      "", Queued(options),
      [this, now,
       max_step](Connection& connection) -> absl::StatusOr<absl::Time> {
        if (!PreparesMaintenance()) {
          const auto stored = SelectRetentionTime(connection);
          const bool is_new = stored.ok() && *stored == absl::InfinitePast();
          return is_new ? now : stored;
        }
        return maintenance_.AdvanceRetention(connection, now, max_step);
      },
      // Runs before other work, as the call is queued.
      [this, done = std::move(done)](absl::StatusOr<absl::Time> time) mutable {
        if (time.ok()) maintenance_.AdvancedRetention();
        std::move(done)(std::move(time));
      });
}

void SqlStore::FindLatestId(const CallOptions& options, Done<absl::Time> done) {
  Read<absl::Time>("", options, &SelectLatestIdTime, std::move(done));
}

void SqlStore::ListUnusedKeys(const CallOptions& options,
                              Done<std::vector<SecretKey::Id>> done) {
  using Ids = std::vector<SecretKey::Id>;
  Read<Ids>(
      "", options,
      [this](Connection& connection) -> absl::StatusOr<Ids> {
        const auto used = SelectSecretKeys(connection);
        if (!used.ok()) return used.status();
        Ids unused = sealer_->key_ids();
        std::erase_if(unused, [&](const SecretKey::Id& id) {
          return std::find(used->begin(), used->end(), id) != used->end();
        });
        return unused;
      },
      std::move(done));
}

// The sealer changes after the commit. Before it, the database does not list
// the new key, and the next start would not notice that the key is missing.
// Until then the old key seals; `keys` has it too.
void SqlStore::ReplaceSecretKeys(SecretKeys keys, const CallOptions& options,
                                 DoneStatus done) {
  const auto next = std::make_shared<const SecretKeys>(std::move(keys));
  Writer("").Submit(
      Queued(options),
      [this, next](Connection& connection) {
        maintenance_.BeginKeyChange();
        absl::Status good = CheckSecretKeys(connection, Sealer(*next));
        return good.ok() ? InsertSecretKey(connection, next->front().id())
                         : good;
      },
      [this, next, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sealer_->Replace(*next);
        maintenance_.EndKeyChange(/*are_replaced=*/status.ok());
        std::move(done)(std::move(status));
      });
}

}  // namespace webhooks::sql
