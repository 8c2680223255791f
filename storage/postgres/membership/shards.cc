#include "storage/postgres/membership/shards.h"

#include "storage/uuid.h"

namespace webhooks::postgres {

std::size_t ShardOf(absl::string_view webhook) {
  const auto id = ParseUuid(webhook);
  if (!id) return 0;
  return ((*id)[14] << 8 | (*id)[15]) % kShards;
}

}  // namespace webhooks::postgres
