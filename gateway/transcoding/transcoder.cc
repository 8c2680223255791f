#include "gateway/transcoding/transcoder.h"

#include <utility>

#include "gateway/transcoding/json_parser.h"
#include "gateway/transcoding/json_reader.h"
#include "gateway/transcoding/json_writer.h"
#include "gateway/transcoding/message_plan.h"
#include "gateway/transcoding/parameter_reader.h"
#include "gateway/transcoding/violations.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::Message;

// Most answers are smaller: they are written without growing the text.
constexpr size_t kUsualResponseSize = 512;

std::unique_ptr<Message> NewRequest(const Binding& binding) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(binding.method->input_type())
          ->New());
}

absl::Status ReadBody(const Binding& binding, absl::string_view body,
                      Message& request, Violations& violations) {
  if (!binding.has_body) {
    if (!body.empty()) violations.Add("", "the request must have no body");
    return absl::OkStatus();
  }
  JsonReader reader(binding, request, violations);
  if (!body.empty()) return ParseJson(body, reader);
  reader.ReadAbsent();
  return absl::OkStatus();
}

}  // namespace

ParsedRequest ReadRequest(const Binding& binding,
                          const std::vector<PathValue>& path_values,
                          absl::string_view query, absl::string_view body) {
  std::unique_ptr<Message> request = NewRequest(binding);
  Violations violations;
  ParameterReader parameters(binding, *request, violations);
  parameters.ReadPath(path_values);
  parameters.ReadQuery(query);
  parameters.CheckRequiredKeys();
  absl::Status parsed = ReadBody(binding, body, *request, violations);
  if (!parsed.ok()) return {nullptr, std::move(parsed)};
  return {std::move(request), violations.ToStatus()};
}

absl::StatusOr<std::string> WriteResponse(const Binding& binding,
                                          const Message& response) {
  std::string body;
  body.reserve(kUsualResponseSize);
  JsonWriter writer(body);
  const MessagePlan& plan = PlanOf(response.GetDescriptor());
  const bool is_written =
      binding.response_field == nullptr
          ? writer.WriteMessage(response, plan)
          : writer.WriteField(response, plan.Of(binding.response_field));
  if (is_written) return body;
  return WithReason(
      absl::InternalError("the answer has a value that JSON cannot hold"),
      "RESPONSE_NOT_JSON");
}

}  // namespace webhooks::gateway
