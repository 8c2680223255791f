#include "gateway/transcoding/transcoder.h"

#include <algorithm>
#include <utility>

#include "gateway/errors.h"
#include "gateway/transcoding/json_writer.h"
#include "gateway/transcoding/message_plan.h"
#include "gateway/transcoding/parameter_reader.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::Message;

// Most answers are smaller and need no reallocation.
constexpr size_t kUsualResponseSize = 512;

std::unique_ptr<Message> NewRequest(const Binding& binding) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(binding.method->input_type())
          ->New());
}

}  // namespace

RequestParser::RequestParser(const Binding& binding,
                             const std::vector<PathValue>& path_values,
                             absl::string_view query, std::string body)
    : binding_(binding),
      body_(std::move(body)),
      request_(NewRequest(binding)),
      reader_(binding, *request_, violations_) {
  ParameterReader parameters(binding, *request_, violations_);
  parameters.ReadPath(path_values);
  parameters.ReadQuery(query);
  parameters.CheckRequiredKeys();
  if (!binding.has_body || body_.empty()) ReadWithoutBody();
}

RequestParser::~RequestParser() = default;

void RequestParser::ReadWithoutBody() {
  if (binding_.has_body) {
    reader_.ReadAbsent();
  } else if (!body_.empty()) {
    violations_.Add("", "the request must have no body");
  }
  read_ = body_.size();
}

bool RequestParser::ReadSome(std::size_t max_bytes) {
  if (read_ == body_.size()) return false;
  const absl::string_view part =
      absl::string_view(body_).substr(read_, max_bytes);
  read_ += part.size();
  status_ = reader_.Read(part, read_ == body_.size());
  if (!status_.ok() || reader_.is_full()) read_ = body_.size();
  return read_ < body_.size();
}

absl::StatusOr<std::unique_ptr<Message>> RequestParser::Take() {
  if (!status_.ok()) return status_;
  if (!violations_.empty()) return violations_.ToStatus();
  return std::move(request_);
}

absl::StatusOr<std::unique_ptr<Message>> ReadRequest(
    const Binding& binding, const std::vector<PathValue>& path_values,
    absl::string_view query, absl::string_view body) {
  RequestParser parser(binding, path_values, query, std::string(body));
  parser.ReadSome(std::max<std::size_t>(body.size(), 1));
  return parser.Take();
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
  return ResponseNotJson();
}

}  // namespace webhooks::gateway
