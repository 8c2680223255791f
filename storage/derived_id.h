#ifndef WEBHOOKS_STORAGE_DERIVED_ID_H_
#define WEBHOOKS_STORAGE_DERIVED_ID_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/uuid.h"

namespace webhooks {

// The id of what follows from `cause`, at `time`, for `target`: a version 7
// UUID whose random bits are of a SHA-256 over both, so that the same gets the
// same id wherever it is made.
Uuid MakeDerivedId(absl::Time time, absl::string_view cause,
                   absl::string_view target);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_DERIVED_ID_H_
