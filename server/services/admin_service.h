#ifndef WEBHOOKS_SERVER_SERVICES_ADMIN_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_ADMIN_SERVICE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/call/authenticator.h"
#include "server/call/calls.h"
#include "server/call/id_maker.h"
#include "server/call/methods.h"
#include "server/runtime/clock.h"
#include "server/runtime/entropy.h"
#include "storage/project_store.h"
#include "storage/server_store.h"
#include "webhooks/v1/admin_service.pb.h"

namespace webhooks::server {

// Implements webhooks.v1.AdminService; the proto documents its calls.
class AdminService final {
 public:
  static constexpr absl::string_view kName = "webhooks.v1.AdminService";

  // All must outlive this. `calls` admits administrators; `authenticator`
  // forgets what changes here.
  AdminService(Calls& calls, ProjectStore& store, ServerStore& servers,
               Authenticator& authenticator, Entropy& entropy, IdMaker& ids,
               Clock clock);

  // Adds the methods of the service. This must outlive their calls.
  void AddTo(Methods& methods);

 private:
  CallReactor* CreateProject(CallContext& context);
  CallReactor* GetProject(CallContext& context);
  CallReactor* ListProjects(CallContext& context);
  CallReactor* UpdateProject(CallContext& context);
  CallReactor* DeleteProject(CallContext& context);
  CallReactor* CreateApiKey(CallContext& context);
  CallReactor* ListApiKeys(CallContext& context);
  CallReactor* RevokeApiKey(CallContext& context);
  CallReactor* BindCertificate(CallContext& context);
  CallReactor* ListCertificates(CallContext& context);
  CallReactor* UnbindCertificate(CallContext& context);
  CallReactor* ListServers(CallContext& context);

  v1::Project MakeProject(const v1::CreateProjectRequest& request);
  v1::CreateApiKeyResponse MakeKey(const v1::CreateApiKeyRequest& request);

  v1::CertificateBinding MakeBinding(const v1::BindCertificateRequest& request);

  // Returns a completion that removes the project from the authenticator's
  // cache before `done`.
  Done<v1::Project> ForgettingProject(Done<v1::Project> done);

  Calls& calls_;
  ProjectStore& store_;
  ServerStore& servers_;
  Authenticator& authenticator_;
  Entropy& entropy_;
  IdMaker& ids_;
  const Clock clock_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_ADMIN_SERVICE_H_
