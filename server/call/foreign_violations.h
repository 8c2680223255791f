#ifndef WEBHOOKS_SERVER_CALL_FOREIGN_VIOLATIONS_H_
#define WEBHOOKS_SERVER_CALL_FOREIGN_VIOLATIONS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace webhooks::server {

// In the entry kViolationsKey the gateway tells what it has found wrong with a
// request before it became a message. Such a call is checked like any other, so
// that its caller learns of every violation at once, and is never performed.
//
// What is wrong with a request that came with `entry`, and of which `found` (OK
// or as of InvalidFields) is what its rules say. INVALID_ARGUMENT: the entry's
// violations and then those of `found` that are of other fields, if it could be
// read at all (INVALID_REQUEST), or only that the entry cannot be read
// (MALFORMED_METADATA). Never OK.
absl::Status AddForeignViolations(absl::string_view entry,
                                  const absl::Status& found);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_FOREIGN_VIOLATIONS_H_
