#ifndef WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_MEMBER_ROWS_H_
#define WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_MEMBER_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"
#include "storage/sql/connection.h"
#include "webhooks/v1/admin.pb.h"

// The statements about servers and shards. Ids are the 16 bytes. Outside of
// transactions, each is one by itself.
namespace webhooks::postgres {

struct Member {
  std::string id;
  std::int64_t beat = 0;
  // False for a server that leases nothing.
  bool delivers = true;
  // True for a server that will end soon.
  bool leaves = false;
  // The time after which the server increments its beat.
  absl::Duration beat_interval;
};

// A server for operators, without beat_age, its beat and the interval of that.
struct ListedServer {
  v1::Server server;
  std::int64_t beat = 0;
  absl::Duration beat_interval;
};

// Adds a server: the id, name, version, delivers and started_at of `server`,
// the interval of its beats in milliseconds, and the version of the schema that
// this program knows.
absl::Status InsertServer(sql::Connection& connection, const std::string& id,
                          const v1::Server& server,
                          absl::Duration beat_interval);

// Increments the beat of the server, and sets if it leaves. Returns false if it
// was buried.
absl::StatusOr<bool> Beat(sql::Connection& connection, const std::string& id,
                          bool leaves);

absl::StatusOr<std::vector<Member>> SelectMembers(sql::Connection& connection);

// Returns the servers, the one that started first at the front.
absl::StatusOr<std::vector<ListedServer>> SelectServers(
    sql::Connection& connection);

// Returns the shards of the server.
absl::StatusOr<std::vector<std::size_t>> SelectShards(
    sql::Connection& connection, const std::string& id);

// Gives the server at most `limit` shards that have no owner, or one that is no
// server any more. Returns these.
absl::StatusOr<std::vector<std::size_t>> ClaimShards(
    sql::Connection& connection, const std::string& id, std::size_t limit);

// Takes shards from the server.
absl::Status ReleaseShards(sql::Connection& connection, const std::string& id,
                           const std::vector<std::size_t>& shards);

// Deletes the server and takes its shards, unless its beat is another one.
// kAnyBeat: in any case. Its transactions that are open fail. Returns nullopt
// if it was not there, or its beat is another one.
struct BuriedServer {
  std::string name;
  int shards = 0;
};
inline constexpr std::int64_t kAnyBeat = -1;
absl::StatusOr<std::optional<BuriedServer>> Bury(sql::Connection& connection,
                                                 const std::string& id,
                                                 std::int64_t beat);

// Deletes the lanes of servers that are not there any more.
absl::Status DeleteLostLanes(sql::Connection& connection);

// Tells the owner of the endpoint of `change` about it. Without a webhook:
// every other server.
absl::Status InsertNews(sql::Connection& connection, const std::string& id,
                        const EndpointDue& change);

// A change that another server has told.
struct News {
  std::int64_t id = 0;
  EndpointDue change;
};

// Returns the news for the server, the oldest first.
absl::StatusOr<std::vector<News>> SelectNews(sql::Connection& connection,
                                             const std::string& id);

// Deletes news that were read.
absl::Status DeleteNews(sql::Connection& connection,
                        const std::vector<News>& news);

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_MEMBER_ROWS_H_
