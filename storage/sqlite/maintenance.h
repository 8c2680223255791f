#ifndef WEBHOOKS_STORAGE_SQLITE_MAINTENANCE_H_
#define WEBHOOKS_STORAGE_SQLITE_MAINTENANCE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/sealing/sealer.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/due_notes.h"

namespace webhooks::sqlite {

// The steps of Store::Maintain. For the writer's thread.
class Maintenance {
 public:
  // `sealer` must outlive this.
  explicit Maintenance(const Sealer& sealer) : sealer_(sealer) {}

  // One bounded step of the next kind of work that there is, inside the
  // caller's transaction, which undoes it where this fails. Whether there is
  // more to do.
  absl::StatusOr<bool> Step(Connection& connection, absl::Time now,
                            absl::Duration retention, DueNotes& notes);

  // To be called once the transaction of the last step is committed: the next
  // one goes on from there.
  void Committed() { position_ = reached_; }

 private:
  // Where sealing anew has come to: the columns of the last row's key.
  struct Position {
    std::string project;
    std::string webhook;
    std::int64_t answer = 0;
  };

  // The kinds of work take turns, so that none waits for all of another.
  enum class Kind {
    kOldAnswers,
    kOldEvents,
    kRemovedWebhooks,
    kDeletedProjects,
    kRetryJobs,
    kSealing,
  };
  static constexpr int kKinds = 6;

  absl::StatusOr<bool> Work(Kind kind, Connection& connection, absl::Time now,
                            absl::Duration retention, DueNotes& notes);
  absl::StatusOr<bool> SealAnew(Connection& connection);
  int SealWebhooks(Connection& connection);
  int SealAnswers(Connection& connection);
  std::string Sealed(const std::string& sealed, const std::string& owner);

  const Sealer& sealer_;
  int next_kind_ = 0;
  // The 16 bytes of the retry job that was last worked on.
  std::string last_job_;
  Position position_;
  Position reached_;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_MAINTENANCE_H_
