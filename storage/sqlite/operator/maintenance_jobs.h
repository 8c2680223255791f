#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_MAINTENANCE_JOBS_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_MAINTENANCE_JOBS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/leases.h"
#include "storage/sealing/sealer.h"
#include "storage/sqlite/engine/connection.h"
#include "storage/sqlite/operator/retention.h"
#include "storage/sqlite/rows/due_notes.h"
#include "storage/sqlite/rows/fan_out.h"
#include "storage/sqlite/rows/retry_job_rows.h"

namespace webhooks::sqlite {

// The steps of Store::Maintain. For the writer's thread.
class MaintenanceJobs {
 public:
  // All must outlive this.
  MaintenanceJobs(const Sealer& sealer, Leases& leases,
                  const ActiveSeqs& publishing)
      : sealer_(sealer), leases_(leases), publishing_(publishing) {}

  // Does the work of Upkeep::AdvanceRetention.
  absl::StatusOr<absl::Time> AdvanceRetention(Connection& connection,
                                              absl::Time now,
                                              absl::Duration most);

  // One bounded step of the next kind of work that there is, inside the
  // caller's transaction, which undoes it where this fails. Whether there is
  // more to do.
  absl::StatusOr<bool> Step(Connection& connection, absl::Time now,
                            absl::Duration retention, DueNotes& notes);

  // To be called once the transaction of the last step is committed: the next
  // one goes on from there.
  void Committed() { position_ = reached_; }

 private:
  // Where sealing anew has come to: the columns of the last row's key; and
  // where retention has.
  struct Position {
    std::string project;
    std::string webhook;
    std::int64_t answer = 0;
    RetentionPosition retention;
  };

  // The kinds of work take turns, so that none waits for all of another.
  enum class Kind {
    kOldAnswers,
    kOldEvents,
    kUnfinishedEvents,
    kRemovedWebhooks,
    kDeletedProjects,
    kRetryJobs,
    kSealing,
  };
  static constexpr int kKinds = 7;

  absl::StatusOr<bool> Work(Kind kind, Connection& connection, absl::Time now,
                            absl::Duration retention, DueNotes& notes);
  absl::StatusOr<bool> SealAnew(Connection& connection);
  int SealWebhooks(Connection& connection);
  int SealAnswers(Connection& connection);
  std::string Sealed(Connection& connection, const std::string& sealed,
                     const std::string& owner);

  const Sealer& sealer_;
  Leases& leases_;
  const ActiveSeqs& publishing_;
  int next_kind_ = 0;
  RetryJobTurns retry_job_turns_;
  // Of the retention clock. Unset: it was not read yet.
  std::optional<absl::Time> retention_time_;
  absl::Time stored_retention_time_;
  // Something is sealed that no key opens: the older keys are not forgotten.
  bool has_unopened_ = false;
  // All that could be sealed anew is.
  bool has_given_up_sealing_ = false;
  Position position_;
  Position reached_;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_MAINTENANCE_JOBS_H_
