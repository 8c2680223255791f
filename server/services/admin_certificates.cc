#include <utility>

#include "absl/strings/str_cat.h"
#include "server/services/admin_rules.h"
#include "server/services/admin_service.h"
#include "server/services/page_token.h"
#include "storage/timestamp.h"

// The part of AdminService that is about certificates.
namespace webhooks::server {
namespace {

// What page tokens are bound to.
std::string CertificatesOf(const std::string& project) {
  return absl::StrCat("certificates\n", project);
}

}  // namespace

grpc::ServerUnaryReactor* AdminService::BindCertificate(Context* context,
                                                        const Bytes* request,
                                                        Bytes* response) {
  return calls_.Unary<v1::BindCertificateRequest, v1::CertificateBinding>(
      "webhooks.v1.AdminService/BindCertificate", context, request, response,
      &CheckBindCertificate,
      [this](const Caller& caller, const v1::BindCertificateRequest& wanted,
             Done<v1::CertificateBinding> done) {
        store_.BindCertificate(MakeBinding(wanted), caller.options,
                               std::move(done));
      });
}

grpc::ServerUnaryReactor* AdminService::ListCertificates(Context* context,
                                                         const Bytes* request,
                                                         Bytes* response) {
  return calls_
      .Unary<v1::ListCertificatesRequest, v1::ListCertificatesResponse>(
          "webhooks.v1.AdminService/ListCertificates", context, request,
          response, &Calls::Anything,
          [this](const Caller& caller,
                 const v1::ListCertificatesRequest& wanted,
                 Done<v1::ListCertificatesResponse> done) {
            const std::string list = CertificatesOf(wanted.id_project());
            const auto start =
                ReadPage(list, wanted.page_size(), wanted.page_token());
            if (!start.ok()) return std::move(done)(start.status());
            store_.ListCertificates(
                wanted.id_project(), *start, caller.options,
                [list, done = std::move(done)](
                    absl::StatusOr<Page<v1::CertificateBinding>> page) mutable {
                  if (!page.ok()) return std::move(done)(page.status());
                  v1::ListCertificatesResponse answer;
                  for (v1::CertificateBinding& binding : page->records) {
                    *answer.add_certificates() = std::move(binding);
                  }
                  answer.set_next_page_token(MakePageToken(list, page->next));
                  std::move(done)(std::move(answer));
                });
          });
}

grpc::ServerUnaryReactor* AdminService::UnbindCertificate(Context* context,
                                                          const Bytes* request,
                                                          Bytes* response) {
  return calls_.Unary<v1::UnbindCertificateRequest, v1::CertificateBinding>(
      "webhooks.v1.AdminService/UnbindCertificate", context, request, response,
      &Calls::Anything,
      [this](const Caller& caller, const v1::UnbindCertificateRequest& wanted,
             Done<v1::CertificateBinding> done) {
        store_.UnbindCertificate(
            wanted.name(), caller.options,
            [this, done = std::move(done)](
                absl::StatusOr<v1::CertificateBinding> binding) mutable {
              if (binding.ok()) {
                authenticator_.ForgetCertificate(binding->name());
              }
              std::move(done)(std::move(binding));
            });
      });
}

v1::CertificateBinding AdminService::MakeBinding(
    const v1::BindCertificateRequest& request) {
  v1::CertificateBinding binding;
  binding.set_name(request.name());
  binding.set_id_project(request.id_project());
  *binding.mutable_created_at() = ToTimestamp(clock_());
  return binding;
}

}  // namespace webhooks::server
