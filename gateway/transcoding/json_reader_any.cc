#include <utility>

#include "gateway/transcoding/any_type.h"
#include "gateway/transcoding/json_reader.h"

// The part of JsonReader that google.protobuf.Any is read by.
namespace webhooks::gateway {

// Reads the Any on the tape, now that all of it is known. Those within it are
// found on the tape too, so each event is recorded once and played once.
void JsonReader::Replay() {
  replaying_ = true;
  if (!BeginAny(taped_, 0)) ++skipped_;
  for (position_ = 1; position_ < tape_.size(); ++position_) {
    switch (tape_.kind(position_)) {
      case EventTape::Kind::kBeginObject:
        BeginObject();
        break;
      case EventTape::Kind::kEndObject:
        EndObject();
        break;
      case EventTape::Kind::kBeginArray:
        BeginArray();
        break;
      case EventTape::Kind::kEndArray:
        EndArray();
        break;
      case EventTape::Kind::kKey:
        Key(tape_.text(position_));
        break;
      case EventTape::Kind::kScalar:
        Value(tape_.scalar(position_));
        break;
    }
  }
  replaying_ = false;
  tape_.Clear();
}

// Opens the Any whose object begins at `position` of the tape.
bool JsonReader::BeginAny(const Slot& slot, size_t position) {
  // An Any that packs nothing: passed over, as there is nothing to read.
  if (tape_.IsEmptyObject(position)) return false;
  const auto type_url = tape_.TypeUrl(position);
  if (!type_url) return Refuse("must have a string under \"@type\"");
  std::unique_ptr<google::protobuf::Message> payload = NewMessage(*type_url);
  if (payload == nullptr) {
    return Refuse("must have the URL of a known type under \"@type\"");
  }
  // The packed bytes are parsed by themselves: levels begin anew.
  const Slot inner{.message = payload.get(),
                   .plan = &PlanOf(payload->GetDescriptor())};
  Push(Frame::Kind::kObject, inner);
  frames_.back().any = std::make_unique<OpenAny>(
      OpenAny{static_cast<google::protobuf::Any*>(slot.message),
              std::string(*type_url), std::move(payload)});
  return true;
}

void JsonReader::EndAny(OpenAny& open, const MessagePlan& plan) {
  if (plan.form != JsonForm::kObject && !open.value_seen) {
    RefuseMember("value", "must be present");
  }
  open.any->set_type_url(std::move(open.type_url));
  open.payload->SerializePartialToString(open.any->mutable_value());
}

}  // namespace webhooks::gateway
