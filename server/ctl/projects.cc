#include "server/ctl/projects.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "proto/rpc/status.h"
#include "storage/uuid.h"
#include "webhooks/v1/admin_service.pb.h"

namespace webhooks::ctl {
namespace {

constexpr int kPageSize = 1000;

absl::StatusOr<std::vector<v1::Project>> AllProjects(Client& client) {
  std::vector<v1::Project> projects;
  v1::ListProjectsRequest request;
  request.set_page_size(kPageSize);
  do {
    const auto page = client.Call<v1::ListProjectsResponse>(
        "webhooks.v1.AdminService/ListProjects", request);
    if (!page.ok()) return page.status();
    projects.insert(projects.end(), page->projects().begin(),
                    page->projects().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return projects;
}

// Replaces `project` by its id, unless it is one.
absl::Status Resolve(Client& client, std::string& project) {
  if (ParseUuid(project)) return absl::OkStatus();
  const auto projects = AllProjects(client);
  if (!projects.ok()) return projects.status();
  auto id = IdOfName(*projects, project);
  if (!id.ok()) return id.status();
  project = *std::move(id);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> IdOfName(const std::vector<v1::Project>& projects,
                                     const std::string& name) {
  std::vector<std::string> ids;
  for (const v1::Project& project : projects) {
    if (project.name() == name) ids.push_back(project.id_project());
  }
  if (ids.size() == 1) return ids[0];
  if (ids.empty()) {
    return WithReason(absl::NotFoundError(absl::StrCat(
                          "no project has the id or the name '", name, "'")),
                      "PROJECT_NOT_FOUND");
  }
  return absl::InvalidArgumentError(
      absl::StrCat("several projects have the name '", name,
                   "'; give the id of one: ", absl::StrJoin(ids, ", ")));
}

absl::Status ResolveProjects(const Command& command, Session& session) {
  if (command.is_local) return absl::OkStatus();
  const std::vector<absl::string_view> names =
      absl::StrSplit(command.arguments, ' ', absl::SkipEmpty());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != "PROJECT") continue;
    absl::Status resolved = Resolve(session.client, session.arguments[i]);
    if (!resolved.ok()) return resolved;
  }
  if (!session.options.project) return absl::OkStatus();
  std::string project = *session.options.project;
  absl::Status resolved = Resolve(session.client, project);
  if (resolved.ok()) session.client.SetProject(std::move(project));
  return resolved;
}

}  // namespace webhooks::ctl
