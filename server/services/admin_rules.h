#ifndef WEBHOOKS_SERVER_SERVICES_ADMIN_RULES_H_
#define WEBHOOKS_SERVER_SERVICES_ADMIN_RULES_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/field_mask.pb.h"
#include "webhooks/v1/admin_service.pb.h"

// Checks requests about projects and keys against the comments of the protos.
// INVALID_ARGUMENT, with the reason of ViolationsStatus, lists every violation
// of a request.
namespace webhooks::server {

absl::Status CheckCreateProject(const v1::CreateProjectRequest& request);
absl::Status CheckUpdateProject(const v1::UpdateProjectRequest& request);
// A new key must not expire before `now`.
absl::Status CheckCreateApiKey(const v1::CreateApiKeyRequest& request,
                               absl::Time now);
absl::Status CheckBindCertificate(const v1::BindCertificateRequest& request);

// Returns the fields that `request` changes, out of name, max_webhooks and
// max_requests_per_second.
google::protobuf::FieldMask MaskOf(const v1::UpdateProjectRequest& request);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_ADMIN_RULES_H_
