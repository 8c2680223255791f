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
                   {"id_server", "name", "version", "shards", "beat_age",
                    "delivers", "leaving", "started_at"});
}

}  // namespace

std::vector<Command> ServerCommands() {
  return {
      {"server list",
       "",
       {},
       "Lists the servers that use the database.",
       &ListServers},
  };
}

}  // namespace webhooks::ctl
