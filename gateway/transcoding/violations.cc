#include "gateway/transcoding/violations.h"

#include "gateway/errors.h"
#include "proto/json/utf8.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
void Violations::Add(absl::string_view path, absl::string_view description) {
  if (HasRoom()) AddViolation(list_, Shorten(path, kMaxPathSize), description);
}

absl::Status Violations::ToStatus() const {
  return empty() ? absl::OkStatus() : InvalidRequest(list_);
}

}  // namespace webhooks::gateway
