#ifndef WEBHOOKS_STORAGE_SQLITE_RETRY_JOB_ROWS_H_
#define WEBHOOKS_STORAGE_SQLITE_RETRY_JOB_ROWS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sealing/sealer.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/due_notes.h"
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

// Does the next part of a job that runs, the next one behind `last`, the 16
// bytes of a job's id, which it sets. Whether there was one.
absl::StatusOr<bool> WorkOnRetryJob(Connection& connection, absl::Time now,
                                    std::string& last, DueNotes& notes);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_RETRY_JOB_ROWS_H_
