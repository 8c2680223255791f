#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_INSPECTION_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_INSPECTION_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "storage/inspection.h"

namespace webhooks::sqlite {

// Inspects the file `path`; see InspectStore in storage/open.h.
absl::StatusOr<Inspection> Inspect(const std::string& path,
                                   std::optional<std::int64_t> max_bytes);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_INSPECTION_H_
