#ifndef WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_SHARDS_H_
#define WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_SHARDS_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace webhooks::postgres {

// The number of shards, which the migrations insert. A webhook belongs to one
// of them for ever; a server owns whole shards.
inline constexpr std::size_t kShards = 1024;

// The shard whose owner performs the maintenance.
inline constexpr std::size_t kMaintenanceShard = 0;

// Returns the shard of the webhook with the id `webhook` (as text): the last 10
// bits. The shard of text that is not a UUID is 0.
std::size_t ShardOf(absl::string_view webhook);

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_SHARDS_H_
