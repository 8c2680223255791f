#include "server/services/admin_rules.h"

#include <cstddef>
#include <initializer_list>

#include "proto/rpc/status.h"
#include "proto/time.h"
#include "server/runtime/certificate_name.h"
#include "server/services/field_rules.h"
#include "storage/changes.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxName = 200;
constexpr int kMaxRequestsPerSecond = 1'000'000;

constexpr std::initializer_list<absl::string_view> kProjectFields = {
    "name", "max_webhooks", "max_requests_per_second"};

void CheckName(const std::string& name, google::rpc::BadRequest& violations) {
  CheckText("name", name, 1, kMaxName, LineBreaks::kForbidden, violations);
}

template <typename Request>
void CheckLimits(const Request& request, google::rpc::BadRequest& violations) {
  if (request.has_max_webhooks() && request.max_webhooks() < 0) {
    AddViolation(violations, "max_webhooks", "must not be negative");
  }
  if (request.has_max_requests_per_second() &&
      (request.max_requests_per_second() < 1 ||
       request.max_requests_per_second() > kMaxRequestsPerSecond)) {
    AddViolation(violations, "max_requests_per_second",
                 "must be 1 to 1,000,000");
  }
}

}  // namespace

absl::Status CheckCreateProject(const v1::CreateProjectRequest& request) {
  google::rpc::BadRequest violations;
  CheckName(request.name(), violations);
  CheckLimits(request, violations);
  CheckRequestId(request.request_id(), violations);
  return ViolationsStatus(violations);
}

absl::Status CheckUpdateProject(const v1::UpdateProjectRequest& request) {
  google::rpc::BadRequest violations;
  if (HasPath(MaskOf(request), "name")) CheckName(request.name(), violations);
  CheckLimits(request, violations);
  CheckMask(request.update_mask(), kProjectFields, violations);
  return ViolationsStatus(violations);
}

absl::Status CheckCreateApiKey(const v1::CreateApiKeyRequest& request,
                               absl::Time now) {
  google::rpc::BadRequest violations;
  CheckName(request.name(), violations);
  if (request.has_expires_at() &&
      (!IsTimestamp(request.expires_at()) ||
       FromTimestamp(request.expires_at()) <= now)) {
    AddViolation(violations, "expires_at",
                 "must be in the future, before the year 10000");
  }
  CheckRequestId(request.request_id(), violations);
  return ViolationsStatus(violations);
}

absl::Status CheckBindCertificate(const v1::BindCertificateRequest& request) {
  google::rpc::BadRequest violations;
  if (!IsCertificateName(request.name())) {
    AddViolation(violations, "name",
                 "must be 1 to 255 visible ASCII characters");
  }
  return ViolationsStatus(violations);
}

google::protobuf::FieldMask MaskOf(const v1::UpdateProjectRequest& request) {
  return MaskOf(request, request.update_mask(), kProjectFields);
}

}  // namespace webhooks::server
