#ifndef WEBHOOKS_STORAGE_POSTGRES_INSPECT_DATABASE_H_
#define WEBHOOKS_STORAGE_POSTGRES_INSPECT_DATABASE_H_

#include "absl/status/statusor.h"
#include "storage/inspection.h"
#include "storage/postgres/engine/target.h"
#include "storage/sql/connection.h"

namespace webhooks::postgres {

// See InspectStore (storage/open.h). `connection` is one to the target.
absl::StatusOr<Inspection> InspectDatabase(sql::Connection& connection,
                                           const Target& target);

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_INSPECT_DATABASE_H_
