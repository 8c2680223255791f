#include <vector>

#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "webhooks/v1/admin_service.pb.h"

namespace webhooks::ctl {
namespace {

absl::Status ListServers(Session& session) {
  const auto listed = session.client.Call<v1::ListServersResponse>(
      "webhooks.v1.AdminService/ListServers", v1::ListServersRequest());
  if (!listed.ok()) return listed.status();
  const std::vector<v1::Server> servers(listed->servers().begin(),
                                        listed->servers().end());
  return PrintRows(session, servers,
                   {"id_server", "name", "state", "version", "shards",
                    "beat_age", "delivers", "started_at"});
}

}  // namespace

std::vector<Command> ServerCommands() {
  return {
      {"server list",
       "",
       {},
       "Lists the servers that use the database. NAME: the machine, and the "
       "addresses of --listen; the log of the server has ID_SERVER too. STATE: "
       "LIVE, LEAVING (it stops) or SILENT (no beat for two intervals; after "
       "five, the others take its shards). SHARDS: the part of the 1024 to "
       "whose webhooks it delivers. BEAT_AGE: the time since its last beat.",
       &ListServers},
  };
}

}  // namespace webhooks::ctl
