#ifndef WEBHOOKS_SERVER_SERVICES_ADMIN_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_ADMIN_SERVICE_H_

#include <string>

#include "server/call/authenticator.h"
#include "server/call/calls.h"
#include "server/call/clock.h"
#include "server/call/entropy.h"
#include "storage/project_store.h"
#include "webhooks/v1/admin_service.grpc.pb.h"

namespace webhooks::server {

// The generated service with every method raw.
struct RawAdminService {
  using S = v1::AdminService;
  using Keys = S::WithRawCallbackMethod_CreateApiKey<
      S::WithRawCallbackMethod_ListApiKeys<
          S::WithRawCallbackMethod_RevokeApiKey<S::Service>>>;
  using KeysAndCertificates = S::WithRawCallbackMethod_BindCertificate<
      S::WithRawCallbackMethod_ListCertificates<
          S::WithRawCallbackMethod_UnbindCertificate<Keys>>>;
  using Type = S::WithRawCallbackMethod_CreateProject<
      S::WithRawCallbackMethod_GetProject<S::WithRawCallbackMethod_ListProjects<
          S::WithRawCallbackMethod_UpdateProject<
              S::WithRawCallbackMethod_DeleteProject<KeysAndCertificates>>>>>;
};

// webhooks.v1.AdminService; what its calls promise stands in the proto.
class AdminService final : public RawAdminService::Type {
 public:
  // All must outlive this. `calls` admits administrators; `authenticator`
  // forgets what changes here.
  AdminService(Calls& calls, ProjectStore& store, Authenticator& authenticator,
               Entropy& entropy, Clock clock);

  using Context = grpc::CallbackServerContext;
  using Bytes = grpc::ByteBuffer;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* CreateProject(Context* context, const Bytes* request,
                         Bytes* response) override;
  Reactor* GetProject(Context* context, const Bytes* request,
                      Bytes* response) override;
  Reactor* ListProjects(Context* context, const Bytes* request,
                        Bytes* response) override;
  Reactor* UpdateProject(Context* context, const Bytes* request,
                         Bytes* response) override;
  Reactor* DeleteProject(Context* context, const Bytes* request,
                         Bytes* response) override;
  Reactor* CreateApiKey(Context* context, const Bytes* request,
                        Bytes* response) override;
  Reactor* ListApiKeys(Context* context, const Bytes* request,
                       Bytes* response) override;
  Reactor* RevokeApiKey(Context* context, const Bytes* request,
                        Bytes* response) override;
  Reactor* BindCertificate(Context* context, const Bytes* request,
                           Bytes* response) override;
  Reactor* ListCertificates(Context* context, const Bytes* request,
                            Bytes* response) override;
  Reactor* UnbindCertificate(Context* context, const Bytes* request,
                             Bytes* response) override;

 private:
  std::string NewId();
  v1::Project MakeProject(const v1::CreateProjectRequest& request);
  v1::CreateApiKeyResponse MakeKey(const v1::CreateApiKeyRequest& request);

  v1::CertificateBinding MakeBinding(const v1::BindCertificateRequest& request);

  // Passes a changed project on, once its keys are looked up anew.
  Done<v1::Project> ForgettingProject(Done<v1::Project> done);

  Calls& calls_;
  ProjectStore& store_;
  Authenticator& authenticator_;
  Entropy& entropy_;
  const Clock clock_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_ADMIN_SERVICE_H_
