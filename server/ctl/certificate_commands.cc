#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "webhooks/v1/admin_service.grpc.pb.h"

namespace webhooks::ctl {
namespace {

using Admin = v1::AdminService;
using Stub = v1::AdminService::Stub;

absl::Status Bind(Session& session) {
  v1::BindCertificateRequest request;
  request.set_id_project(session.arguments[0]);
  request.set_name(session.arguments[1]);
  return PrintResult(
      session, session.client.Call<Admin>(&Stub::BindCertificate, request));
}

absl::Status List(Session& session) {
  v1::ListCertificatesRequest wanted;
  wanted.set_id_project(session.arguments[0]);
  const auto certificates = ListAll<v1::CertificateBinding>(
      session, wanted,
      [&](const auto& request) {
        return session.client.Call<Admin>(&Stub::ListCertificates, request);
      },
      [](const auto& page) { return page.certificates(); });
  if (!certificates.ok()) return certificates.status();
  return PrintRows(session, *certificates, {"name", "created_at"});
}

absl::Status Unbind(Session& session) {
  v1::UnbindCertificateRequest request;
  request.set_name(session.arguments[0]);
  return PrintResult(
      session, session.client.Call<Admin>(&Stub::UnbindCertificate, request));
}

}  // namespace

std::vector<Command> CertificateCommands() {
  return {
      {"certificate bind",
       "PROJECT NAME",
       {},
       "Lets clients with a certificate of this name work on a project.",
       &Bind},
      {"certificate list",
       "PROJECT",
       {"limit"},
       "Lists the names of certificates that are bound to a project.",
       &List},
      {"certificate unbind",
       "NAME",
       {},
       "Ends what certificate bind began.",
       &Unbind},
  };
}

}  // namespace webhooks::ctl
