#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_WEBHOOK_HEALTH_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_WEBHOOK_HEALTH_H_

#include "absl/status/status.h"
#include "storage/delivery_queue.h"
#include "storage/sealing/sealer.h"
#include "storage/sqlite/engine/connection.h"
#include "storage/sqlite/rows/due_notes.h"

namespace webhooks::sqlite {

// Notes what an attempt says about its webhook: since when it fails, and if
// that deactivates it; the project's other webhooks are told then. Inside the
// caller's transaction, in several steps.
absl::Status NoteHealth(Connection& connection, const Sealer& sealer,
                        const AttemptResult& result, DueNotes& notes);

// Deactivates a webhook whose row cannot be opened, as far as it can be read.
// Nobody is told but the store's observer: what the row held is not known.
absl::Status DeactivateDamaged(Connection& connection, const Endpoint& endpoint,
                               absl::Time now, DueNotes& notes);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_WEBHOOK_HEALTH_H_
