#ifndef WEBHOOKS_SERVER_DATABASE_CHECK_H_
#define WEBHOOKS_SERVER_DATABASE_CHECK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/runtime/findings.h"
#include "storage/inspection.h"

namespace webhooks::server {

// Adds findings about the database at `url`, which was inspected with the
// result `found`: its version and that after a start, and for a database server
// its standbys and the servers that use it.
void CheckDatabase(absl::string_view url,
                   const absl::StatusOr<Inspection>& found,
                   std::vector<Finding>& findings);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DATABASE_CHECK_H_
