#ifndef WEBHOOKS_STORAGE_POSTGRES_TRANSFER_H_
#define WEBHOOKS_STORAGE_POSTGRES_TRANSFER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/postgres/engine/target.h"
#include "storage/sql/transfer/import.h"
#include "storage/transfer.h"

namespace webhooks::postgres {

// Exports the database; see ExportStore in storage/open.h.
absl::StatusOr<Transfer> Export(const Target& target, absl::string_view project,
                                absl::Time now, const ByteSink& sink);

// Imports into the database; see ImportStore in storage/open.h. Its servers may
// run meanwhile; they learn of the deliveries of an imported project.
absl::StatusOr<Transfer> Import(const Target& target, sql::Import& import);

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_TRANSFER_H_
