#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_TRANSFER_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_TRANSFER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sql/transfer/import.h"
#include "storage/transfer.h"

namespace webhooks::sqlite {

// Exports the database `path`; see ExportStore in storage/open.h.
absl::StatusOr<Transfer> Export(const std::string& path,
                                absl::string_view project, absl::Time now,
                                const ByteSink& sink);

// Imports into the database `path`, which may grow to `max_bytes`; see
// ImportStore in storage/open.h.
absl::StatusOr<Transfer> Import(const std::string& path,
                                std::optional<std::int64_t> max_bytes,
                                sql::Import& import);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_TRANSFER_H_
