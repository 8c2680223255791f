#ifndef WEBHOOKS_STORAGE_SQL_MAINTENANCE_MAINTENANCE_JOBS_H_
#define WEBHOOKS_STORAGE_SQL_MAINTENANCE_MAINTENANCE_JOBS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/leases.h"
#include "storage/notifications.h"
#include "storage/retention.h"
#include "storage/sealing/sealer.h"
#include "storage/sql/connection.h"
#include "storage/sql/maintenance/retention.h"
#include "storage/sql/rows/fan_out.h"
#include "storage/sql/rows/retry_job_rows.h"

namespace webhooks::sql {

// The jobs of Upkeep::Maintain. Not thread-safe. Use it in work of the writer,
// and in completions of calls without CallOptions::may_block: no other work
// runs before these return.
class MaintenanceJobs {
 public:
  // All must outlive this.
  MaintenanceJobs(const Sealer& sealer, Leases& leases,
                  const ReservedSeqs& publishing)
      : sealer_(sealer), leases_(leases), publishing_(publishing) {}

  // Does the work of Upkeep::AdvanceRetention. The clock moves when
  // AdvancedRetention tells that the transaction is committed.
  absl::StatusOr<absl::Time> AdvanceRetention(Connection& connection,
                                              absl::Time now,
                                              absl::Duration max_step);
  void AdvancedRetention();

  // Performs one bounded step of the next job that has work, inside the
  // caller's transaction, which is rolled back if this fails. Returns true if
  // there is more to do.
  absl::StatusOr<bool> Step(Connection& connection, absl::Time now,
                            absl::Duration retention,
                            Notifications& notifications);

  // Tells that the transaction of the last step is committed.
  void Committed() { position_ = reached_; }

  // Forgets the position of each job and the retention clock, since another
  // process may have advanced them.
  void BeginAgain();

  // Sets if older keys count as used although nothing here is sealed under
  // them.
  void KeepOlderKeys(bool keep) {
    if (keeps_older_keys_ && !keep) has_given_up_sealing_ = false;
    keeps_older_keys_ = keep;
  }

  // Begin and end a change of keys. In between no key counts as unused, because
  // the transaction that adds the next sealing key may not be committed yet.
  // `are_replaced` is true if the sealer has new keys; all texts are then
  // examined again.
  void BeginKeyChange() { are_keys_changing_ = true; }
  void EndKeyChange(bool are_replaced);

 private:
  // The keys of the last rows that were sealed again.
  struct SealingPosition {
    std::string project;
    std::string webhook;
    std::int64_t answer = 0;
  };

  // The positions of the jobs that go through a table.
  struct Position {
    SealingPosition sealing;
    RetentionPosition retention;
  };

  // The jobs take turns, so that no job waits until another has nothing left to
  // do.
  enum class Job {
    kOldAnswers,
    kOldEvents,
    kUnfinishedEvents,
    kRemovedWebhooks,
    kDeletedProjects,
    kRetryJobs,
    kSealing,
  };
  static constexpr int kJobs = 7;

  absl::StatusOr<bool> Perform(Job job, Connection& connection, absl::Time now,
                               absl::Duration retention,
                               Notifications& notifications);
  absl::StatusOr<bool> SealAgain(Connection& connection);
  int SealWebhooks(Connection& connection);
  int SealAnswers(Connection& connection);
  std::string Sealed(Connection& connection, const std::string& sealed,
                     const std::string& owner);

  const Sealer& sealer_;
  Leases& leases_;
  const ReservedSeqs& publishing_;
  int next_job_ = 0;
  RetryJobTurns retry_job_turns_;
  // Unset until it was read.
  std::optional<RetentionClock> retention_clock_;
  // The clock after the commit of the open transaction.
  std::optional<RetentionClock> advanced_clock_;
  // True if some sealed text could not be opened: the older keys are kept then.
  bool has_unopened_ = false;
  // True once everything else is sealed under the newest key.
  bool has_given_up_sealing_ = false;
  bool are_keys_changing_ = false;
  bool keeps_older_keys_ = false;
  Position position_;
  Position reached_;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_MAINTENANCE_MAINTENANCE_JOBS_H_
