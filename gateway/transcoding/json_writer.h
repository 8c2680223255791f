#ifndef WEBHOOKS_GATEWAY_TRANSCODING_JSON_WRITER_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_JSON_WRITER_H_

#include <string>

#include "gateway/transcoding/message_plan.h"
#include "google/protobuf/message.h"

namespace webhooks::gateway {

// Appends messages to a text as compact JSON, in the form of WriteResponse.
// Functions return false if a value has no JSON; the text is unspecified then.
class JsonWriter {
 public:
  // The treatment of a list or map that is empty and not nullable.
  enum class EmptyLists { kPrint, kLeaveOut };

  explicit JsonWriter(std::string& out,
                      EmptyLists empty_lists = EmptyLists::kPrint)
      : out_(out), empty_lists_(empty_lists) {}

  bool WriteMessage(const google::protobuf::Message& message,
                    const MessagePlan& plan);

  // Appends the value of `field` of `message`; null if the field is not set, or
  // is nullable and an empty list.
  bool WriteField(const google::protobuf::Message& message,
                  const FieldPlan& field);

  // Appends the members of `message`, whose JSON is an object. The text must
  // end with the object's '{' or other members.
  bool WriteMembers(const google::protobuf::Message& message,
                    const MessagePlan& plan);

 private:
  bool WriteList(const google::protobuf::Message& message,
                 const FieldPlan& field);
  bool WriteMap(const google::protobuf::Message& message,
                const FieldPlan& field);
  bool WriteSingular(const google::protobuf::Message& message,
                     const FieldPlan& field);
  bool WriteRaw(const google::protobuf::Message& message,
                const FieldPlan& field);
  template <typename T>
  bool WriteQuoted(const google::protobuf::Message& message,
                   bool (*append)(const T&, std::string&));

  std::string& out_;
  const EmptyLists empty_lists_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_JSON_WRITER_H_
