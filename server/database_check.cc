#include "server/database_check.h"

#include "absl/strings/str_cat.h"
#include "storage/open.h"

namespace webhooks::server {
namespace {

// Returns the version of the database, and the one to which a start migrates
// it.
std::string DescribeVersion(const Inspection& found) {
  if (found.schema_version >= found.newest_version) {
    return absl::StrCat("of version ", found.schema_version);
  }
  return absl::StrCat("of version ", found.schema_version,
                      "; a start migrates it to version ",
                      found.newest_version);
}

std::string Describe(const Inspection& found) {
  switch (found.state) {
    case Inspection::State::kNew:
      return "not there yet; a start makes it";
    case Inspection::State::kUnfinished:
      return "not looked into; a start recovers its log first";
    case Inspection::State::kIntact:
      break;
  }
  return absl::StrCat("whole, ", DescribeVersion(found));
}

Finding CheckSchema(const std::string& name, const Inspection& found) {
  const InspectedServer& server = *found.database_server;
  if (!server.missing_grant.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "database ", name,
        ": a start has to migrate it, and its role may not create tables; "
        "run: ",
        server.missing_grant));
  }
  return absl::StrCat("database ", name, ": ", server.program, ", reachable, ",
                      found.state == Inspection::State::kIntact
                          ? DescribeVersion(found)
                          : absl::StrCat("empty; a start creates version ",
                                         found.newest_version));
}

// Checks the standbys that commits wait for.
Finding CheckAwaitedStandbys(const std::string& name,
                             const InspectedServer& server) {
  if (!server.connected_standbys) {
    return absl::StrCat("database ", name,
                        ": a synchronous standby is set, which only a role in "
                        "pg_monitor can see: GRANT pg_monitor TO the role");
  }
  std::string text =
      absl::StrCat("database ", name, ": a synchronous standby is set, ",
                   *server.connected_standbys, " connected");
  if (*server.connected_standbys >= server.awaited_standbys) return text;
  return absl::FailedPreconditionError(
      absl::StrCat(text, ": commits wait for ", server.awaited_standbys,
                   ", so calls would hang; connect a standby that "
                   "synchronous_standby_names names, or change the setting"));
}

Finding CheckStandby(const std::string& name, const InspectedServer& server) {
  if (server.awaited_standbys > 0) return CheckAwaitedStandbys(name, server);
  std::string text = absl::StrCat(
      "database ", name,
      ": no synchronous standby is set: new data is on one machine alone");
  if (!server.requires_synchronous_standby) return text;
  return absl::FailedPreconditionError(
      absl::StrCat(text, ", and the URL has require_sync=true"));
}

// Checks a database that is not a file.
void CheckDatabaseServer(const std::string& name, const Inspection& found,
                         std::vector<Finding>& findings) {
  const InspectedServer& server = *found.database_server;
  findings.push_back(CheckSchema(name, found));
  findings.push_back(CheckStandby(name, server));
  if (found.state != Inspection::State::kIntact) return;
  findings.push_back(absl::StrCat(
      "database ", name, ": servers that are alive: ", server.living_servers,
      server.silent_servers == 0
          ? ""
          : absl::StrCat(", that do not beat: ", server.silent_servers)));
}

}  // namespace

void CheckDatabase(absl::string_view url,
                   const absl::StatusOr<Inspection>& found,
                   std::vector<Finding>& findings) {
  const std::string name = StoreName(url);
  if (!found.ok()) {
    findings.emplace_back(found.status());
  } else if (found->database_server) {
    CheckDatabaseServer(name, *found, findings);
  } else {
    findings.emplace_back(
        absl::StrCat("database ", name, ": ", Describe(*found)));
  }
}

}  // namespace webhooks::server
