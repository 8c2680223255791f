#ifndef WEBHOOKS_STORAGE_SQL_ROWS_RETRY_JOB_STEP_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_RETRY_JOB_STEP_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "storage/leases.h"
#include "storage/notifications.h"
#include "storage/sql/connection.h"
#include "webhooks/v1/delivery.pb.h"

namespace webhooks::sql {

// A row of the table retry_jobs.
struct RetryJobRow {
  v1::RetryJob job;
  // The last delivery or event that was examined; "" before the first. For
  // NEVER_MATCHED and ALL an event, as "milliseconds seq"; else the 16 bytes of
  // a delivery.
  std::string position;
};

// Performs the next step of a running job, some milliseconds of work, inside
// the caller's transaction. Adds its counts to the job, which is cancelled if
// its webhook was removed, and advances its position. Makes no deliveries of
// events that were published before `oldest`. Returns true if deliveries are
// due at `now`. Throws the failures of the driver; for use inside
// Connection::Guarded.
bool PerformStep(Connection& connection, Leases& leases, absl::Time now,
                 absl::Time oldest, RetryJobRow& row,
                 Notifications& notifications);

// Returns the position of a job (RetryJobRow) in a database where the seqs of
// events are higher by `moved_by`.
std::string MovedPosition(const std::string& position, std::int64_t moved_by);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_RETRY_JOB_STEP_H_
