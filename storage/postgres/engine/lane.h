#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_LANE_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_LANE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "storage/postgres/engine/link.h"
#include "storage/postgres/engine/member_id.h"

namespace webhooks::postgres {

// The row of the table lanes of one connection: the number of its last commit.
// The row is deleted when the server is declared dead.
class Lane {
 public:
  // `server` is the id of this server.
  explicit Lane(std::shared_ptr<const MemberId> server);

  // Inserts the row, or gives it to this server, if the server is one of the
  // table servers; else changes no row.
  Query Insert() const;

  // Sets a number that no earlier commit has, as the last statement of a
  // transaction. Divides by zero if there is no row, which fails the
  // transaction.
  Query Mark();

  // Returns the number of the last Mark.
  std::int64_t batch() const { return batch_; }

  // Returns the number in the row. Waits for the end of an older transaction,
  // which has locked the row, and commits synchronously: a standby that must
  // have the older transaction has it.
  Query Read() const;

  Query Delete() const;

 private:
  const std::shared_ptr<const MemberId> server_;
  const std::string id_;  // 16 bytes
  std::int64_t batch_ = 0;
};

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_LANE_H_
