#include "storage/postgres/engine/lane.h"

#include <utility>
#include <vector>

namespace webhooks::postgres {
namespace {

// The number in a new row; commits count from 1.
constexpr std::int64_t kNoBatch = 0;

}  // namespace

Lane::Lane(std::shared_ptr<const MemberId> server)
    : server_(std::move(server)), id_(RandomId()) {}

Query Lane::Insert() const {
  Query query{
      "INSERT INTO lanes (id, server, batch) SELECT $1, id, $2 FROM servers"
      " WHERE id = $3 FOR KEY SHARE ON CONFLICT (id) DO UPDATE SET server ="
      " excluded.server",
      std::vector<Parameter>(3)};
  query.parameters[0].SetCopy(id_);
  query.parameters[1].SetInt64(kNoBatch);
  query.parameters[2].SetCopy(server_->Get());
  return query;
}

Query Lane::Mark() {
  Query query{
      "WITH marked AS (UPDATE lanes SET batch = $2 WHERE id = $1 RETURNING 1)"
      " SELECT 1 / count(*) FROM marked",
      std::vector<Parameter>(2), /*is_frequent=*/true};
  query.parameters[0].SetCopy(id_);
  query.parameters[1].SetInt64(++batch_);
  return query;
}

Query Lane::Read() const {
  Query query{"UPDATE lanes SET batch = batch WHERE id = $1 RETURNING batch",
              std::vector<Parameter>(1)};
  query.parameters[0].SetCopy(id_);
  return query;
}

Query Lane::Delete() const {
  Query query{"DELETE FROM lanes WHERE id = $1", std::vector<Parameter>(1)};
  query.parameters[0].SetCopy(id_);
  return query;
}

}  // namespace webhooks::postgres
