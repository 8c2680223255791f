#ifndef WEBHOOKS_STORAGE_DERIVED_ID_H_
#define WEBHOOKS_STORAGE_DERIVED_ID_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/uuid.h"

namespace webhooks {

// Makes the id of a record that `cause` leads to at `time` for `target`: a
// version 7 UUID with bits of a SHA-256 of both in place of random ones. Equal
// arguments give the same id.
Uuid MakeDerivedId(absl::Time time, absl::string_view cause,
                   absl::string_view target);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_DERIVED_ID_H_
