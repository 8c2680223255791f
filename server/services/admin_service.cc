#include "server/services/admin_service.h"

#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "server/call/api_key.h"
#include "server/services/admin_rules.h"
#include "server/services/lists.h"
#include "storage/uuid.h"

namespace webhooks::server {
namespace {

// Page tokens are bound to this.
constexpr absl::string_view kProjects = "projects";
std::string KeysOf(const std::string& project) {
  return absl::StrCat("keys\n", project);
}

}  // namespace

AdminService::AdminService(Calls& calls, ProjectStore& store,
                           ServerStore& servers, Authenticator& authenticator,
                           Entropy& entropy, IdMaker& ids, Clock clock)
    : calls_(calls),
      store_(store),
      servers_(servers),
      authenticator_(authenticator),
      entropy_(entropy),
      ids_(ids),
      clock_(std::move(clock)) {}

void AdminService::AddTo(Methods& methods) {
  methods.Add(kName, "CreateProject", *this, &AdminService::CreateProject);
  methods.Add(kName, "GetProject", *this, &AdminService::GetProject);
  methods.Add(kName, "ListProjects", *this, &AdminService::ListProjects);
  methods.Add(kName, "UpdateProject", *this, &AdminService::UpdateProject);
  methods.Add(kName, "DeleteProject", *this, &AdminService::DeleteProject);
  methods.Add(kName, "CreateApiKey", *this, &AdminService::CreateApiKey);
  methods.Add(kName, "ListApiKeys", *this, &AdminService::ListApiKeys);
  methods.Add(kName, "RevokeApiKey", *this, &AdminService::RevokeApiKey);
  methods.Add(kName, "BindCertificate", *this, &AdminService::BindCertificate);
  methods.Add(kName, "ListCertificates", *this,
              &AdminService::ListCertificates);
  methods.Add(kName, "UnbindCertificate", *this,
              &AdminService::UnbindCertificate);
  methods.Add(kName, "ListServers", *this, &AdminService::ListServers);
}

CallReactor* AdminService::CreateProject(CallContext& context) {
  return calls_.UnaryOnce<v1::CreateProjectRequest, v1::Project>(
      context, {&CheckCreateProject},
      [this](const Caller& caller, const v1::CreateProjectRequest& wanted,
             const std::optional<Idempotency>& idempotency,
             Done<Created<v1::Project>> done) {
        store_.CreateProject(MakeProject(wanted), idempotency, caller.options,
                             std::move(done));
      });
}

CallReactor* AdminService::GetProject(CallContext& context) {
  return calls_.Unary<v1::GetProjectRequest, v1::Project>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::GetProjectRequest& wanted,
             Done<v1::Project> done) {
        store_.GetProject(wanted.id(), caller.options, std::move(done));
      });
}

CallReactor* AdminService::ListProjects(CallContext& context) {
  return calls_.Unary<v1::ListProjectsRequest, v1::ListProjectsResponse>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::ListProjectsRequest& wanted,
             Done<v1::ListProjectsResponse> done) {
        const auto start = ReadPage<v1::Project>(kProjects, wanted);
        if (!start.ok()) return std::move(done)(start.status());
        store_.ListProjects(
            *start, caller.options,
            AnswerWithPage(std::string(kProjects),
                           &v1::ListProjectsResponse::mutable_projects,
                           std::move(done)));
      });
}

CallReactor* AdminService::UpdateProject(CallContext& context) {
  return calls_.Unary<v1::UpdateProjectRequest, v1::Project>(
      context, &CheckUpdateProject,
      [this](const Caller& caller, const v1::UpdateProjectRequest& wanted,
             Done<v1::Project> done) {
        v1::UpdateProjectRequest change = wanted;
        *change.mutable_update_mask() = MaskOf(wanted);
        store_.UpdateProject(change, caller.options,
                             ForgettingProject(std::move(done)));
      });
}

CallReactor* AdminService::DeleteProject(CallContext& context) {
  return calls_.Unary<v1::DeleteProjectRequest, v1::Project>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::DeleteProjectRequest& wanted,
             Done<v1::Project> done) {
        store_.DeleteProject(wanted.id(), clock_(), caller.options,
                             ForgettingProject(std::move(done)));
      });
}

CallReactor* AdminService::CreateApiKey(CallContext& context) {
  return calls_.UnaryOnce<v1::CreateApiKeyRequest, v1::CreateApiKeyResponse>(
      context,
      {[this](const v1::CreateApiKeyRequest& wanted) {
         return CheckCreateApiKey(wanted, clock_());
       },
       [](const v1::CreateApiKeyRequest& wanted) {
         return CheckCreateApiKey(wanted, absl::InfinitePast());
       }},
      [this](const Caller& caller, const v1::CreateApiKeyRequest& wanted,
             const std::optional<Idempotency>& idempotency,
             Done<Created<v1::CreateApiKeyResponse>> done) {
        std::optional<Idempotency> of_project = idempotency;
        if (of_project) of_project->project = wanted.id_project();
        const v1::CreateApiKeyResponse made = MakeKey(wanted);
        store_.CreateApiKey(made, HashApiKey(made.key()), of_project,
                            caller.options, std::move(done));
      });
}

CallReactor* AdminService::ListApiKeys(CallContext& context) {
  return calls_.Unary<v1::ListApiKeysRequest, v1::ListApiKeysResponse>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::ListApiKeysRequest& wanted,
             Done<v1::ListApiKeysResponse> done) {
        const std::string list = KeysOf(wanted.id_project());
        const auto start = ReadPage<v1::ApiKey>(list, wanted);
        if (!start.ok()) return std::move(done)(start.status());
        store_.ListApiKeys(
            wanted.id_project(), *start, caller.options,
            AnswerWithPage(list, &v1::ListApiKeysResponse::mutable_api_keys,
                           std::move(done)));
      });
}

CallReactor* AdminService::RevokeApiKey(CallContext& context) {
  return calls_.Unary<v1::RevokeApiKeyRequest, v1::ApiKey>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::RevokeApiKeyRequest& wanted,
             Done<v1::ApiKey> done) {
        store_.RevokeApiKey(wanted.id(), clock_(), caller.options,
                            [this, done = std::move(done)](
                                absl::StatusOr<v1::ApiKey> key) mutable {
                              if (key.ok())
                                authenticator_.ForgetKey(key->id_api_key());
                              std::move(done)(std::move(key));
                            });
      });
}

CallReactor* AdminService::ListServers(CallContext& context) {
  using Response = v1::ListServersResponse;
  using Servers = std::vector<v1::Server>;
  return calls_.Unary<v1::ListServersRequest, Response>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::ListServersRequest&,
             Done<Response> done) {
        servers_.ListServers(
            caller.options,
            [done = std::move(done)](absl::StatusOr<Servers> servers) mutable {
              if (!servers.ok()) return std::move(done)(servers.status());
              Response response;
              response.mutable_servers()->Assign(
                  std::make_move_iterator(servers->begin()),
                  std::make_move_iterator(servers->end()));
              std::move(done)(std::move(response));
            });
      });
}

v1::Project AdminService::MakeProject(const v1::CreateProjectRequest& request) {
  v1::Project project;
  project.set_id_project(ids_.Make());
  project.set_name(request.name());
  *project.mutable_created_at() = ToTimestamp(clock_());
  if (request.has_max_webhooks()) {
    project.set_max_webhooks(request.max_webhooks());
  }
  if (request.has_max_requests_per_second()) {
    project.set_max_requests_per_second(request.max_requests_per_second());
  }
  return project;
}

v1::CreateApiKeyResponse AdminService::MakeKey(
    const v1::CreateApiKeyRequest& request) {
  v1::CreateApiKeyResponse made;
  made.set_key(MakeApiKey(entropy_));
  v1::ApiKey& key = *made.mutable_api_key();
  key.set_id_api_key(ids_.Make());
  key.set_id_project(request.id_project());
  key.set_name(request.name());
  key.set_prefix(ApiKeyPrefix(made.key()));
  *key.mutable_created_at() = ToTimestamp(clock_());
  if (request.has_expires_at()) {
    *key.mutable_expires_at() =
        ToTimestamp(FromTimestamp(request.expires_at()));
  }
  return made;
}

Done<v1::Project> AdminService::ForgettingProject(Done<v1::Project> done) {
  return [this,
          done = std::move(done)](absl::StatusOr<v1::Project> project) mutable {
    if (project.ok()) authenticator_.ForgetProject(project->id_project());
    std::move(done)(std::move(project));
  };
}

}  // namespace webhooks::server
