#include "gateway/request_violations.h"

#include <algorithm>
#include <cstring>

#include "google/rpc/error_details.pb.h"
#include "proto/rpc/status.h"
#include "server/runtime/metadata.h"

namespace webhooks::gateway {
namespace {

// How long a -bin value may be for `headers` to stay under kMaxCallMetadata. It
// may travel as base64, which makes four bytes of three.
std::size_t RoomForValue(const CallHeaders& headers) {
  const std::size_t taken = MetadataSize(headers) +
                            std::strlen(kViolationsKey) +
                            kMetadataEntryOverhead;
  return taken < kMaxCallMetadata ? (kMaxCallMetadata - taken) / 4 * 3 : 0;
}

absl::Status Merge(const absl::Status& violations, const absl::Status& reply) {
  const google::rpc::BadRequest told = ViolationsOf(reply);
  const google::rpc::BadRequest all =
      JoinViolations(ViolationsOf(violations), told);
  if (all.field_violations_size() <= told.field_violations_size()) return reply;
  return InvalidFields(all, Reason(violations));
}

}  // namespace

bool AddViolations(const absl::Status& status, CallHeaders& headers) {
  const std::size_t room = std::min(kMaxViolationBytes, RoomForValue(headers));
  const google::rpc::BadRequest list = ViolationsOf(status);
  google::rpc::BadRequest fitting;
  for (const auto& violation : list.field_violations()) {
    *fitting.add_field_violations() = violation;
    if (fitting.ByteSizeLong() <= room) continue;
    fitting.mutable_field_violations()->RemoveLast();
    break;
  }
  if (fitting.field_violations().empty()) return false;
  headers.metadata.emplace_back(kViolationsKey, fitting.SerializeAsString());
  return true;
}

absl::Status WithReply(const absl::Status& violations,
                       const absl::Status& reply) {
  switch (reply.code()) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
      return violations;
    case absl::StatusCode::kInvalidArgument:
      return Merge(violations, reply);
    default:
      return reply;
  }
}

}  // namespace webhooks::gateway
