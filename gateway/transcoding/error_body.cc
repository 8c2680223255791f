#include "gateway/transcoding/error_body.h"

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/json_writer.h"
#include "gateway/transcoding/message_plan.h"
#include "proto/json/json_text.h"
#include "proto/json/utf8.h"
#include "proto/rpc/entity_tag.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

// "" where the detail's type is unknown, or its value has no JSON.
std::string DetailText(const google::protobuf::Any& detail) {
  std::string text;
  JsonWriter writer(text, JsonWriter::EmptyLists::kLeaveOut);
  return writer.WriteMessage(detail, PlanOf(detail.GetDescriptor())) ? text
                                                                     : "";
}

}  // namespace

int HttpStatus(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
      return 409;
    case absl::StatusCode::kAborted:
      return Reason(status) == kEtagMismatch ? 412 : 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kCancelled:
      return 499;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

std::string ErrorBody(const absl::Status& status, int http_status) {
  std::string body =
      absl::StrCat("{\"error\":{\"code\":", http_status, ",\"status\":\"",
                   absl::StatusCodeToString(status.code()), "\",\"message\":");
  AppendJsonString(ReplaceInvalidUtf8(status.message()), body);
  absl::StrAppend(&body, ",\"details\":[");
  const google::rpc::Status rpc = ToRpcStatus(status);
  for (const google::protobuf::Any& detail : rpc.details()) {
    const std::string text = DetailText(detail);
    if (text.empty()) continue;
    absl::StrAppend(&body, body.back() == '[' ? "" : ",", text);
  }
  absl::StrAppend(&body, "]}}");
  return body;
}

}  // namespace webhooks::gateway
