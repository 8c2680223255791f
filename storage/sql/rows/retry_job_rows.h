#ifndef WEBHOOKS_STORAGE_SQL_ROWS_RETRY_JOB_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_RETRY_JOB_ROWS_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/leases.h"
#include "storage/notifications.h"
#include "storage/sealing/sealer.h"
#include "storage/sql/connection.h"
#include "webhooks/v1/delivery.pb.h"

// The table retry_jobs. Each function returns the status of the call of
// DeliveryStore that it serves, and changes inside the caller's transaction.
namespace webhooks::sql {

absl::StatusOr<v1::RetryJob> InsertRetryJob(Connection& connection,
                                            const Sealer& sealer,
                                            const v1::RetryJob& job);

absl::StatusOr<v1::RetryJob> SelectRetryJob(Connection& connection,
                                            absl::string_view project,
                                            absl::string_view id);

absl::StatusOr<v1::RetryJob> CancelRetryJob(Connection& connection,
                                            absl::string_view project,
                                            absl::string_view id);

// The jobs that had their turns last. Ids are in binary form (16 bytes).
struct RetryJobTurns {
  // The project of the last job.
  std::string project;
  // The last job of each project that has one.
  absl::flat_hash_map<std::string, std::string> jobs;
};

// Performs one step of the next running job. Projects take turns, and within a
// project its jobs. `oldest` is the time before which deliveries may have been
// deleted. Returns false if no job is running.
absl::StatusOr<bool> StepRetryJob(Connection& connection, Leases& leases,
                                  absl::Time now, absl::Time oldest,
                                  RetryJobTurns& turns,
                                  Notifications& notifications);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_RETRY_JOB_ROWS_H_
