#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "server/services/admin_rules.h"
#include "server/services/admin_service.h"
#include "server/services/lists.h"

// The part of AdminService for certificates.
namespace webhooks::server {
namespace {

// Page tokens are bound to this.
std::string CertificatesOf(const std::string& project) {
  return absl::StrCat("certificates\n", project);
}

}  // namespace

CallReactor* AdminService::BindCertificate(CallContext& context) {
  return calls_.Unary<v1::BindCertificateRequest, v1::CertificateBinding>(
      context, &CheckBindCertificate,
      [this](const Caller& caller, const v1::BindCertificateRequest& wanted,
             Done<v1::CertificateBinding> done) {
        store_.BindCertificate(MakeBinding(wanted), caller.options,
                               std::move(done));
      });
}

CallReactor* AdminService::ListCertificates(CallContext& context) {
  using Request = v1::ListCertificatesRequest;
  using Response = v1::ListCertificatesResponse;
  return calls_.Unary<Request, Response>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const Request& wanted, Done<Response> done) {
        const std::string list = CertificatesOf(wanted.id_project());
        const auto start = ReadPage<v1::CertificateBinding>(list, wanted);
        if (!start.ok()) return std::move(done)(start.status());
        store_.ListCertificates(
            wanted.id_project(), *start, caller.options,
            AnswerWithPage(list, &Response::mutable_certificates,
                           std::move(done)));
      });
}

CallReactor* AdminService::UnbindCertificate(CallContext& context) {
  return calls_.Unary<v1::UnbindCertificateRequest, v1::CertificateBinding>(
      context, &Calls::AcceptAny,
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
