#include "storage/postgres/membership/member_rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/time.h"
#include "storage/postgres/engine/migrations.h"
#include "storage/postgres/membership/shards.h"
#include "storage/sql/columns.h"

namespace webhooks::postgres {
namespace {

using sql::BindBytes;
using sql::BindText;
using sql::BindTime;
using sql::BindUuid;
using sql::BlobColumn;
using sql::Statement;
using sql::TextColumn;
using sql::TimeColumn;
using sql::UuidColumn;

std::vector<std::size_t> ReadShards(Statement& row) {
  std::vector<std::size_t> shards;
  while (row.Step()) shards.push_back(static_cast<std::size_t>(row.Int64(0)));
  return shards;
}

// Returns the numbers as the text of an array: no other parameter can be one.
template <typename Numbers>
std::string ArrayOf(const Numbers& numbers) {
  return absl::StrCat("{", absl::StrJoin(numbers, ","), "}");
}

}  // namespace

absl::Status InsertServer(sql::Connection& connection, const std::string& id,
                          const v1::Server& server,
                          absl::Duration beat_interval) {
  return connection.Guarded("insert server", [&]() -> absl::Status {
    Statement insert = connection.Prepared(
        "INSERT INTO servers (id, name, beat, delivers, version, started_at,"
        " schema, beat_interval) VALUES (?, ?, 0, ?, ?, ?, ?, ?)");
    BindBytes(insert, 1, id);
    BindText(insert, 2, server.name());
    insert.Bind(3, server.delivers() ? 1 : 0);
    BindText(insert, 4, server.version());
    if (server.has_started_at()) {
      BindTime(insert, 5, FromTimestamp(server.started_at()));
    }
    insert.Bind(6, NewestSchemaVersion());
    insert.Bind(7, absl::ToInt64Milliseconds(beat_interval));
    insert.Execute();
    return absl::OkStatus();
  });
}

absl::StatusOr<bool> Beat(sql::Connection& connection, const std::string& id,
                          bool leaves) {
  return connection.Guarded("beat", [&]() -> absl::StatusOr<bool> {
    Statement update = connection.Prepared(
        "UPDATE servers SET beat = beat + 1, leaving = ? WHERE id = ?");
    update.Bind(1, leaves ? 1 : 0);
    BindBytes(update, 2, id);
    return update.ExecuteAndCount() == 1;
  });
}

absl::StatusOr<std::vector<Member>> SelectMembers(sql::Connection& connection) {
  using Members = std::vector<Member>;
  return connection.Guarded("select servers", [&]() -> absl::StatusOr<Members> {
    Members members;
    Statement row = connection.Prepared(
        "SELECT id, beat, delivers, leaving, beat_interval FROM servers");
    while (row.Step()) {
      members.push_back({std::string(BlobColumn(row, 0)), row.Int64(1),
                         row.Int(2) != 0, row.Int(3) != 0,
                         absl::Milliseconds(row.Int64(4))});
    }
    return members;
  });
}

absl::StatusOr<std::vector<ListedServer>> SelectServers(
    sql::Connection& connection) {
  using Servers = std::vector<ListedServer>;
  return connection.Guarded("list servers", [&]() -> absl::StatusOr<Servers> {
    Servers servers;
    Statement row = connection.Prepared(
        "SELECT id, name, version, delivers, leaving, started_at, beat,"
        " (SELECT count(*) FROM shards WHERE owner = servers.id),"
        " beat_interval"
        " FROM servers ORDER BY started_at, id");
    while (row.Step()) {
      ListedServer& one = servers.emplace_back();
      one.server.set_id_server(UuidColumn(row, 0));
      one.server.set_name(TextColumn(row, 1));
      one.server.set_version(TextColumn(row, 2));
      one.server.set_delivers(row.Int(3) != 0);
      one.server.set_leaving(row.Int(4) != 0);
      if (!row.IsNull(5)) {
        *one.server.mutable_started_at() = ToTimestamp(TimeColumn(row, 5));
      }
      one.beat = row.Int64(6);
      one.server.set_shards(row.Int(7));
      one.beat_interval = absl::Milliseconds(row.Int64(8));
    }
    return servers;
  });
}

absl::StatusOr<std::vector<std::size_t>> SelectShards(
    sql::Connection& connection, const std::string& id) {
  using Shards = std::vector<std::size_t>;
  return connection.Guarded("select shards", [&]() -> absl::StatusOr<Shards> {
    Statement row =
        connection.Prepared("SELECT shard FROM shards WHERE owner = ?");
    BindBytes(row, 1, id);
    return ReadShards(row);
  });
}

absl::StatusOr<std::vector<std::size_t>> ClaimShards(
    sql::Connection& connection, const std::string& id, std::size_t limit) {
  using Shards = std::vector<std::size_t>;
  return connection.Guarded("claim shards", [&]() -> absl::StatusOr<Shards> {
    Statement row = connection.Prepared(
        "WITH free AS MATERIALIZED (SELECT shard FROM shards"
        " WHERE owner IS NULL OR owner NOT IN (SELECT id FROM servers)"
        " ORDER BY shard LIMIT ?2 FOR UPDATE SKIP LOCKED)"
        " UPDATE shards SET owner = ?1 FROM free"
        " WHERE shards.shard = free.shard"
        " AND EXISTS (SELECT FROM servers WHERE id = ?1)"
        " RETURNING shards.shard");
    BindBytes(row, 1, id);
    row.Bind(2, static_cast<std::int64_t>(limit));
    return ReadShards(row);
  });
}

absl::Status ReleaseShards(sql::Connection& connection, const std::string& id,
                           const std::vector<std::size_t>& shards) {
  return connection.Guarded("release shards", [&]() -> absl::Status {
    const std::string all = ArrayOf(shards);
    Statement update = connection.Prepared(
        "UPDATE shards SET owner = NULL WHERE owner = ?"
        " AND shard = ANY(CAST(? AS int[]))");
    BindBytes(update, 1, id);
    BindText(update, 2, all);
    update.Execute();
    return absl::OkStatus();
  });
}

absl::StatusOr<std::optional<BuriedServer>> Bury(sql::Connection& connection,
                                                 const std::string& id,
                                                 std::int64_t beat) {
  using Buried = std::optional<BuriedServer>;
  return connection.Guarded("bury server", [&]() -> absl::StatusOr<Buried> {
    Statement bury = connection.Prepared(
        "WITH dead AS"
        " (DELETE FROM servers WHERE id = ?1 AND ?2 IN (beat, -1)"
        " RETURNING id, name),"
        " gone_lanes AS"
        " (DELETE FROM lanes USING dead WHERE server = dead.id),"
        " gone_news AS (DELETE FROM news USING dead WHERE server = dead.id),"
        " freed_shards AS"
        " (UPDATE shards SET owner = NULL FROM dead WHERE owner = dead.id"
        " RETURNING shard)"
        " SELECT name, (SELECT count(*) FROM freed_shards) FROM dead");
    BindBytes(bury, 1, id);
    bury.Bind(2, beat);
    if (!bury.Step()) return std::nullopt;
    return BuriedServer{TextColumn(bury, 0), bury.Int(1)};
  });
}

absl::Status DeleteLostLanes(sql::Connection& connection) {
  return connection.Guarded("delete lanes", [&]() -> absl::Status {
    connection
        .Prepared(
            "DELETE FROM lanes WHERE server NOT IN (SELECT id FROM servers)")
        .Execute();
    return absl::OkStatus();
  });
}

absl::Status InsertNews(sql::Connection& connection, const std::string& id,
                        const EndpointDue& change) {
  return connection.Guarded("insert news", [&]() -> absl::Status {
    const bool is_for_all = change.endpoint.webhook.empty();
    Statement insert = connection.Prepared(
        is_for_all
            ? "INSERT INTO news (server, project_id, webhook_id, due,"
              " has_changed, is_urgent) SELECT id, ?2, ?3, ?4, ?5, ?6"
              " FROM servers WHERE id <> ?1"
            : "INSERT INTO news (shard, project_id, webhook_id, due,"
              " has_changed, is_urgent) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    if (is_for_all) {
      BindBytes(insert, 1, id);
    } else {
      insert.Bind(1,
                  static_cast<std::int64_t>(ShardOf(change.endpoint.webhook)));
    }
    BindUuid(insert, 2, change.endpoint.project);
    BindUuid(insert, 3, change.endpoint.webhook);
    BindTime(insert, 4, change.due);
    insert.Bind(5, change.has_changed ? 1 : 0);
    insert.Bind(6, change.is_urgent ? 1 : 0);
    insert.Execute();
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<News>> SelectNews(sql::Connection& connection,
                                             const std::string& id) {
  return connection.Guarded(
      "select news", [&]() -> absl::StatusOr<std::vector<News>> {
        std::vector<News> news;
        Statement row = connection.Prepared(
            "SELECT id, project_id, webhook_id, due, has_changed, is_urgent"
            " FROM news WHERE server = ?1"
            " OR shard IN (SELECT shard FROM shards WHERE owner = ?1)"
            " ORDER BY id");
        BindBytes(row, 1, id);
        while (row.Step()) {
          News& one = news.emplace_back();
          one.id = row.Int64(0);
          one.change.endpoint.project = UuidColumn(row, 1);
          if (!BlobColumn(row, 2).empty()) {
            one.change.endpoint.webhook = UuidColumn(row, 2);
          }
          one.change.due = TimeColumn(row, 3);
          one.change.has_changed = row.Int(4) != 0;
          one.change.is_urgent = row.Int(5) != 0;
        }
        return news;
      });
}

absl::Status DeleteNews(sql::Connection& connection,
                        const std::vector<News>& news) {
  return connection.Guarded("delete news", [&]() -> absl::Status {
    std::vector<std::int64_t> ids;
    for (const News& one : news) ids.push_back(one.id);
    const std::string all = ArrayOf(ids);
    Statement erase = connection.Prepared(
        "DELETE FROM news WHERE id = ANY(CAST(? AS bigint[]))");
    BindText(erase, 1, all);
    erase.Execute();
    return absl::OkStatus();
  });
}

}  // namespace webhooks::postgres
