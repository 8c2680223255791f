#ifndef WEBHOOKS_GATEWAY_TRANSCODING_SLOT_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_SLOT_H_

#include <string>

#include "gateway/transcoding/message_plan.h"
#include "google/protobuf/message.h"
#include "proto/json/json_sink.h"

namespace webhooks::gateway {

// The place in a request for one JSON value. Functions that return a string
// return the violation ("must be an array"), or "" if there is none.
struct Slot {
  // Null: there is no place, and the value is skipped.
  google::protobuf::Message* message = nullptr;
  // The plan of `message`; only if the value is the whole message.
  const MessagePlan* plan = nullptr;
  // The field of `message` for the value; null: the whole message.
  const FieldPlan* field = nullptr;
  // True if the value is an element of `field`.
  bool is_element = false;

  bool is_raw() const { return field != nullptr && field->raw_json; }
  bool is_map() const { return field != nullptr && field->field->is_map(); }
  // True for a repeated field that gets an array; false for a map.
  bool is_list() const {
    return field != nullptr && field->field->is_repeated() && !is_element &&
           !field->field->is_map();
  }

  // Only one member of a oneof may be set. The same member may be set before:
  // the path fills a part of a message.
  std::string OneofViolation() const;
  // The violation of an object here that is not the value of a map.
  std::string ObjectViolation() const;
  // The violation of an array here that is not the value of a list.
  std::string ArrayViolation() const;

  // Returns the slot of the message in the field, which it creates. Requires
  // that ObjectViolation() is "".
  Slot Enter() const;
  // Sets the value. A null leaves a nullable field unset, and sets the flag of
  // the field that has one.
  std::string Set(const JsonScalar& scalar) const;
  // Sets a raw_json field.
  void SetRaw(std::string text) const;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_SLOT_H_
