#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_READ_AHEAD_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_READ_AHEAD_H_

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "storage/postgres/engine/link.h"

namespace webhooks::postgres {

// The results of queries that a transaction has sent ahead of the reads that
// need them. Each request serves one read.
class ReadAhead {
 public:
  // Adds a request. Returns the key of the query if it is to be sent now;
  // nullopt if it is under way.
  std::optional<std::string> Request(const Query& query);

  // Keeps the result of the query with `key`, if it is still needed.
  void Arrived(const std::string& key, const Result& result);

  // Returns true if the query was requested and has not arrived.
  bool IsUnderWay(const Query& query) const;

  // Returns the result of a query that has arrived, for one of its requests;
  // null if there is none.
  Result Take(const Query& query);

  void Clear() { requested_.clear(); }

 private:
  struct Requested {
    // Null until it arrives.
    Result result;
    int reads = 0;
  };

  static std::string KeyOf(const Query& query);

  absl::flat_hash_map<std::string, Requested> requested_;
};

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_READ_AHEAD_H_
