#ifndef WEBHOOKS_SERVER_CTL_PROJECTS_H_
#define WEBHOOKS_SERVER_CTL_PROJECTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/ctl/command.h"
#include "webhooks/v1/admin.pb.h"

namespace webhooks::ctl {

// Returns the id of the project with this name. NOT_FOUND
// (PROJECT_NOT_FOUND): there is none. INVALID_ARGUMENT lists the ids if there
// are several.
absl::StatusOr<std::string> IdOfName(const std::vector<v1::Project>& projects,
                                     const std::string& name);

// Replaces names of projects by their ids, in the arguments PROJECT of
// `command`, and gives the id of --project to the client. A UUID is an id. Does
// nothing for a local command, which finds the project in the database.
// Errors of IdOfName and of AdminService.ListProjects, which a name needs.
absl::Status ResolveProjects(const Command& command, Session& session);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_PROJECTS_H_
