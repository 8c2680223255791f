#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_RETRY_JOB_ROWS_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_RETRY_JOB_ROWS_H_

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/leases.h"
#include "storage/sealing/sealer.h"
#include "storage/sqlite/engine/connection.h"
#include "storage/sqlite/rows/due_notes.h"
#include "webhooks/v1/delivery.pb.h"

// The table retry_jobs. Each function ends as the call of DeliveryStore that it
// serves, and changes inside the caller's transaction.
namespace webhooks::sqlite {

absl::StatusOr<v1::RetryJob> InsertRetryJob(Connection& connection,
                                            const Sealer& sealer,
                                            const v1::RetryJob& job);

absl::StatusOr<v1::RetryJob> SelectRetryJob(Connection& connection,
                                            absl::string_view project,
                                            absl::string_view id);

absl::StatusOr<v1::RetryJob> CancelRetryJob(Connection& connection,
                                            absl::string_view project,
                                            absl::string_view id);

// Whose turn it was. Ids are the 16 bytes.
struct RetryJobTurns {
  // The project whose job was worked on last.
  std::string project;
  // The last job of each project that has one.
  absl::flat_hash_map<std::string, std::string> jobs;
};

// Does the next part of a job that runs: projects take turns, and within a
// project its jobs. Whether there was one.
absl::StatusOr<bool> WorkOnRetryJob(Connection& connection, Leases& leases,
                                    absl::Time now, RetryJobTurns& turns,
                                    DueNotes& notes);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_RETRY_JOB_ROWS_H_
