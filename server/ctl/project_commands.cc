#include <iostream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "server/ctl/output.h"
#include "webhooks/v1/admin_service.pb.h"

namespace webhooks::ctl {
namespace {

// Sets the limit `name` of `request` if its flag is given, and adds it to
// `mask` unless that is null.
template <typename Request, typename Number>
absl::Status SetLimit(const std::optional<std::string>& flag,
                      absl::string_view name, Request& request,
                      void (Request::*setter)(Number),
                      google::protobuf::FieldMask* mask) {
  if (!flag) return absl::OkStatus();
  if (mask != nullptr) mask->add_paths(std::string(name));
  if (*flag == "none") return absl::OkStatus();
  Number number = 0;
  if (!absl::SimpleAtoi(*flag, &number)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", name, ": must be a number or none"));
  }
  (request.*setter)(number);
  return absl::OkStatus();
}

// Sets the limits whose flags are given.
template <typename Request>
absl::Status SetLimits(const Options& options, Request& request,
                       google::protobuf::FieldMask* mask) {
  absl::Status status = SetLimit(options.max_webhooks, "max_webhooks", request,
                                 &Request::set_max_webhooks, mask);
  status.Update(SetLimit(options.max_requests_per_second,
                         "max_requests_per_second", request,
                         &Request::set_max_requests_per_second, mask));
  return status;
}

absl::Status CreateProject(Session& session) {
  v1::CreateProjectRequest request;
  request.set_name(session.arguments[0]);
  request.set_request_id(NewRequestId());
  absl::Status limits = SetLimits(session.options, request, nullptr);
  if (!limits.ok()) return limits;
  return PrintResult(session,
                     session.client.Call<v1::Project>(
                         "webhooks.v1.AdminService/CreateProject", request));
}

absl::Status ListProjects(Session& session) {
  const auto projects = ListAll<v1::Project>(
      session, v1::ListProjectsRequest(),
      [&](const auto& request) {
        return session.client.Call<v1::ListProjectsResponse>(
            "webhooks.v1.AdminService/ListProjects", request);
      },
      [](const auto& page) { return page.projects(); });
  if (!projects.ok()) return projects.status();
  return PrintRows(session, *projects,
                   {"id_project", "name", "webhook_count", "max_webhooks",
                    "max_requests_per_second", "created_at"});
}

absl::Status GetProject(Session& session) {
  v1::GetProjectRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session,
                     session.client.Call<v1::Project>(
                         "webhooks.v1.AdminService/GetProject", request));
}

absl::Status RenameProject(Session& session) {
  v1::UpdateProjectRequest request;
  request.set_id(session.arguments[0]);
  request.set_name(session.arguments[1]);
  return PrintResult(session,
                     session.client.Call<v1::Project>(
                         "webhooks.v1.AdminService/UpdateProject", request));
}

absl::Status LimitProject(Session& session) {
  v1::UpdateProjectRequest request;
  request.set_id(session.arguments[0]);
  absl::Status limits =
      SetLimits(session.options, request, request.mutable_update_mask());
  if (!limits.ok()) return limits;
  if (request.update_mask().paths().empty()) return NothingToChange();
  return PrintResult(session,
                     session.client.Call<v1::Project>(
                         "webhooks.v1.AdminService/UpdateProject", request));
}

// Asks for the project's name on standard input. CANCELLED if the answer is
// another.
absl::Status Confirm(const v1::Project& project) {
  std::cerr << "Removes the project " << Printable(project.name())
            << " with its webhooks (" << project.webhook_count()
            << "), their events, and all keys. Type its name to go on: ";
  std::string typed;
  std::getline(std::cin, typed);
  if (typed == project.name()) return absl::OkStatus();
  return absl::CancelledError(
      "nothing was removed: that is not the project's name; --yes removes it "
      "without asking");
}

absl::Status DeleteProject(Session& session) {
  if (!session.options.yes) {
    v1::GetProjectRequest wanted;
    wanted.set_id(session.arguments[0]);
    const auto project = session.client.Call<v1::Project>(
        "webhooks.v1.AdminService/GetProject", wanted);
    if (!project.ok()) return project.status();
    absl::Status confirmed = Confirm(*project);
    if (!confirmed.ok()) return confirmed;
  }
  v1::DeleteProjectRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session,
                     session.client.Call<v1::Project>(
                         "webhooks.v1.AdminService/DeleteProject", request));
}

}  // namespace

std::vector<Command> ProjectCommands() {
  return {
      {"project create",
       "NAME",
       {"max_webhooks", "max_requests_per_second"},
       "Creates a project.",
       &CreateProject},
      {"project list", "", {"limit"}, "Lists the projects.", &ListProjects},
      {"project get", "PROJECT", {}, "Shows one project.", &GetProject},
      {"project rename",
       "PROJECT NAME",
       {},
       "Renames a project.",
       &RenameProject},
      {"project limit",
       "PROJECT",
       {"max_webhooks", "max_requests_per_second"},
       "Sets or removes limits of a project.",
       &LimitProject},
      {"project delete",
       "PROJECT",
       {"yes"},
       "Removes a project with its keys and webhooks, after asking for its "
       "name.",
       &DeleteProject},
  };
}

}  // namespace webhooks::ctl
