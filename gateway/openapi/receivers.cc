#include "gateway/openapi/receivers.h"

#include <boost/json/array.hpp>

#include "absl/strings/str_cat.h"
#include "gateway/openapi/examples.h"
#include "gateway/openapi/operations.h"
#include "gateway/openapi/parameters.h"
#include "webhooks/v1/options.pb.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;

// Returns the headers of the message; a field that is not optional is required.
json::array Headers(const Meanings& meanings, Schemas& schemas,
                    const MessagePlan& plan) {
  json::array headers;
  for (const FieldPlan& field : plan.fields) {
    const auto& options = field.field->options();
    if (!options.HasExtension(v1::http_header)) continue;
    json::object header =
        HeaderParameter(meanings, schemas,
                        {options.GetExtension(v1::http_header), {field.field}});
    header["required"] = !field.field->has_presence();
    headers.push_back(std::move(header));
  }
  return headers;
}

json::object Answers(const v1::Posted& posted) {
  json::object answers;
  for (const v1::ReceiverAnswer& answer : posted.answers()) {
    answers[answer.status()] = json::object{{"description", answer.meaning()}};
  }
  return answers;
}

json::object Body(const Meanings& meanings, Schemas& schemas,
                  const MessagePlan& plan) {
  json::object media{{"schema", schemas.OfMessage(plan, Direction::kAnswer)}};
  auto example = MessageExample(meanings, plan, Direction::kAnswer);
  if (example) media["example"] = *std::move(example);
  return {{"required", true},
          {"content", {{"application/json", std::move(media)}}}};
}

}  // namespace

std::vector<const Descriptor*> PostedMessages(const Comments& comments) {
  std::vector<const Descriptor*> messages;
  for (const std::string& name : comments.files()) {
    const FileDescriptor* file =
        DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; file != nullptr && i < file->message_type_count(); ++i) {
      if (file->message_type(i)->options().HasExtension(v1::posted)) {
        messages.push_back(file->message_type(i));
      }
    }
  }
  return messages;
}

json::object Receiver(const Meanings& meanings, Schemas& schemas,
                      const Descriptor& message) {
  const MessagePlan& plan = PlanOf(&message);
  const v1::Posted& posted = message.options().GetExtension(v1::posted);
  const std::string text = meanings.comments().Of(message);
  return {{"post",
           {{"operationId", message.name()},
            {"summary", text.empty() ? message.name() : FirstSentence(text)},
            {"description", text},
            {"security", json::array()},
            {"parameters", Headers(meanings, schemas, plan)},
            {"requestBody", Body(meanings, schemas, plan)},
            {"responses", Answers(posted)}}}};
}

}  // namespace webhooks::gateway
