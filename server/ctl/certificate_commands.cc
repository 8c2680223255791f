#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "webhooks/v1/admin_service.pb.h"

namespace webhooks::ctl {
namespace {

absl::Status BindCertificate(Session& session) {
  v1::BindCertificateRequest request;
  request.set_id_project(session.arguments[0]);
  request.set_name(session.arguments[1]);
  return PrintResult(session,
                     session.client.Call<v1::CertificateBinding>(
                         "webhooks.v1.AdminService/BindCertificate", request));
}

absl::Status ListCertificates(Session& session) {
  v1::ListCertificatesRequest wanted;
  wanted.set_id_project(session.arguments[0]);
  const auto certificates = ListAll<v1::CertificateBinding>(
      session, wanted,
      [&](const auto& request) {
        return session.client.Call<v1::ListCertificatesResponse>(
            "webhooks.v1.AdminService/ListCertificates", request);
      },
      [](const auto& page) { return page.certificates(); });
  if (!certificates.ok()) return certificates.status();
  return PrintRows(session, *certificates, {"name", "created_at"});
}

absl::Status UnbindCertificate(Session& session) {
  v1::UnbindCertificateRequest request;
  request.set_name(session.arguments[0]);
  return PrintResult(
      session, session.client.Call<v1::CertificateBinding>(
                   "webhooks.v1.AdminService/UnbindCertificate", request));
}

}  // namespace

std::vector<Command> CertificateCommands() {
  return {
      {"certificate bind",
       "PROJECT NAME",
       {},
       "Lets clients with a certificate of this name access a project.",
       &BindCertificate},
      {"certificate list",
       "PROJECT",
       {"limit"},
       "Lists the certificate names that are bound to a project.",
       &ListCertificates},
      {"certificate unbind",
       "NAME",
       {},
       "Removes the binding of a certificate name.",
       &UnbindCertificate},
  };
}

}  // namespace webhooks::ctl
