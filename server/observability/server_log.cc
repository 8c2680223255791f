#include "server/observability/server_log.h"

#include "absl/strings/string_view.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

absl::string_view MessageOf(ServerChange::Kind kind) {
  switch (kind) {
    case ServerChange::Kind::kJoined:
      return "joined the servers of the database";
    case ServerChange::Kind::kLeft:
      return "left the servers of the database";
    case ServerChange::Kind::kExpelled:
      return "another server has declared this one dead";
    case ServerChange::Kind::kTakenOver:
      return "declared another server dead, the others take over its shards";
    case ServerChange::Kind::kDatabaseLost:
      return "lost the database";
    case ServerChange::Kind::kDatabaseBack:
      return "the database is back";
  }
  return "";
}

LogLevel LevelOf(ServerChange::Kind kind) {
  const bool is_warning = kind == ServerChange::Kind::kExpelled ||
                          kind == ServerChange::Kind::kTakenOver ||
                          kind == ServerChange::Kind::kDatabaseLost;
  return is_warning ? LogLevel::kWarning : LogLevel::kInfo;
}

}  // namespace

void LogServerChange(const ServerChange& change) {
  if (change.kind == ServerChange::Kind::kTakenOver) {
    return Log(LevelOf(change.kind), MessageOf(change.kind),
               {{"id_server", change.server},
                {"name", change.name},
                {"shards", change.shards}});
  }
  Log(LevelOf(change.kind), MessageOf(change.kind),
      {{"id_server", change.server}, {"name", change.name}});
}

}  // namespace webhooks::server
