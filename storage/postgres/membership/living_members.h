#ifndef WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_LIVING_MEMBERS_H_
#define WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_LIVING_MEMBERS_H_

#include "absl/status/statusor.h"
#include "storage/sql/connection.h"

namespace webhooks::postgres {

struct MemberCounts {
  int living = 0;
  // Servers whose beat did not change.
  int silent = 0;
};

// Watches the servers until each has beaten, and for two of their longest
// intervals at most. Blocks meanwhile. Reads databases of every version.
absl::StatusOr<MemberCounts> CountLivingMembers(sql::Connection& connection);

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_LIVING_MEMBERS_H_
