#include "gateway/transcoding/error_body.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/json_writer.h"
#include "gateway/transcoding/message_plan.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"
#include "proto/json/json_text.h"
#include "proto/json/utf8.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::Message;

// Returns the message that `detail` packs; null if its type is not linked in or
// its bytes are not such a message.
std::unique_ptr<Message> Unpack(const google::protobuf::Any& detail) {
  std::string name;
  if (!google::protobuf::Any::ParseAnyTypeUrl(detail.type_url(), &name)) {
    return nullptr;
  }
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          name);
  if (type == nullptr) return nullptr;
  std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(type)
          ->New());
  return message->ParsePartialFromString(detail.value()) ? std::move(message)
                                                         : nullptr;
}

// Returns "" if the detail cannot be unpacked, or has no JSON object.
std::string DetailText(const google::protobuf::Any& detail) {
  const std::unique_ptr<Message> message = Unpack(detail);
  if (message == nullptr) return "";
  const MessagePlan& plan = PlanOf(message->GetDescriptor());
  if (plan.form != JsonForm::kObject) return "";
  std::string text = "{\"@type\":";
  if (!AppendJsonString(detail.type_url(), text)) return "";
  JsonWriter writer(text, JsonWriter::EmptyLists::kLeaveOut);
  return writer.WriteMembers(*message, plan) ? absl::StrCat(text, "}") : "";
}

}  // namespace

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
