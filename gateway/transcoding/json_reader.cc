#include "gateway/transcoding/json_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/expectation.h"
#include "google/protobuf/struct.pb.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::ListValue;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;
using google::protobuf::Value;

// Protobuf parsers stop at 100 messages within each other; the last container
// may still have a map entry, its value and one well-known message in it. Only
// google.protobuf.Value, which takes three messages for a level of JSON, comes
// near.
constexpr int kMaxLevels = 96;

}  // namespace

JsonReader::JsonReader(const Binding& binding, Message& request,
                       Violations& violations)
    : binding_(binding), violations_(violations) {
  root_.message = &request;
  root_.plan = &PlanOf(request.GetDescriptor());
  if (binding.body_field != nullptr) {
    root_.field = &root_.plan->Of(binding.body_field);
  }
}

void JsonReader::ReadAbsent() {
  if (root_.field != nullptr && root_.field->required_key) {
    Refuse("must be present");
    return;
  }
  const MessagePlan* plan =
      root_.field == nullptr ? root_.plan : root_.field->message;
  if (plan == nullptr || !plan->has_required_keys) return;
  BeginObject();
  EndObject();
}

void JsonReader::BeginObject() {
  if (tape_.recording()) return tape_.Begin(EventTape::Kind::kBeginObject);
  if (skipped_ > 0 || !OpenObject(NextSlot())) ++skipped_;
}

void JsonReader::BeginArray() {
  if (tape_.recording()) return tape_.Begin(EventTape::Kind::kBeginArray);
  if (skipped_ > 0 || !OpenArray(NextSlot())) ++skipped_;
}

void JsonReader::EndObject() {
  if (tape_.recording()) {
    tape_.End(EventTape::Kind::kEndObject);
    if (!tape_.recording()) Replay();
    return;
  }
  if (skipped_ > 0) {
    --skipped_;
    return;
  }
  Frame& frame = frames_.back();
  if (frame.kind == Frame::Kind::kObject) CheckRequiredKeys(frame);
  if (frame.any != nullptr) EndAny(*frame.any, *frame.plan);
  const bool is_empty_map = frame.kind == Frame::Kind::kMap &&
                            frame.field->nullable && frame.count == 0;
  frames_.pop_back();
  if (is_empty_map) Refuse("must not be empty");
}

void JsonReader::EndArray() {
  if (tape_.recording()) return tape_.End(EventTape::Kind::kEndArray);
  if (skipped_ > 0) {
    --skipped_;
    return;
  }
  const Frame& frame = frames_.back();
  const bool is_empty_list = frame.kind == Frame::Kind::kList &&
                             frame.field->nullable && frame.count == 0;
  frames_.pop_back();
  if (is_empty_list) Refuse("must not be empty");
}

void JsonReader::Value(const Scalar& scalar) {
  if (tape_.recording()) return tape_.Value(scalar);
  if (skipped_ > 0) return;
  const Slot slot = NextSlot();
  if (slot.message == nullptr) return;
  if (scalar.kind == Scalar::Kind::kNull) return SetNull(slot);
  SetScalar(slot, scalar);
}

JsonReader::Slot JsonReader::NextSlot() {
  if (frames_.empty()) return root_;
  Frame& frame = frames_.back();
  switch (frame.kind) {
    case Frame::Kind::kObject:
      if (frame.any != nullptr && frame.any->in_value) {
        return {.message = frame.message, .plan = frame.plan};
      }
      if (frame.field == nullptr) return {};
      return {frame.message, frame.plan, frame.field, false, frame.levels};
    case Frame::Kind::kList:
      ++frame.count;
      return {frame.message, frame.plan, frame.field, true, frame.levels};
    case Frame::Kind::kMap:
      return {frame.entry, frame.field->message,
              &frame.field->message->fields[1], false, frame.levels + 1};
    case Frame::Kind::kStruct:
      return {.message = frame.entry,
              .plan = frame.plan->fields[0].message->fields[1].message,
              .levels = frame.levels + 2};
    case Frame::Kind::kListValue:
      ++frame.count;
      return {.message = static_cast<ListValue*>(frame.message)->add_values(),
              .plan = frame.plan->fields[0].message,
              .levels = frame.levels + 1};
  }
  return {};
}

bool JsonReader::OpenObject(Slot slot) {
  if (slot.message == nullptr || !Claim(slot)) return false;
  if (slot.field != nullptr) {
    const FieldDescriptor* field = slot.field->field;
    if (field->is_map()) return Push(Frame::Kind::kMap, slot);
    if (field->is_repeated() && !slot.element)
      return Refuse("must be an array");
    if (slot.field->message == nullptr) return Refuse(Expectation(field));
    Enter(slot);
  }
  switch (slot.plan->form) {
    case JsonForm::kObject:
      return Push(Frame::Kind::kObject, slot);
    case JsonForm::kStruct:
      return Push(Frame::Kind::kStruct, slot);
    case JsonForm::kValue:
      slot.message = static_cast<google::protobuf::Value*>(slot.message)
                         ->mutable_struct_value();
      slot.plan = &PlanOf(slot.message->GetDescriptor());
      ++slot.levels;
      return Push(Frame::Kind::kStruct, slot);
    case JsonForm::kAny:
      if (replaying_) return BeginAny(slot, position_);
      taped_ = slot;
      tape_.Begin(EventTape::Kind::kBeginObject);
      return true;
    default:
      return Refuse(Expectation(*slot.plan));
  }
}

bool JsonReader::OpenArray(Slot slot) {
  if (slot.message == nullptr || !Claim(slot)) return false;
  if (slot.field != nullptr) {
    const FieldDescriptor* field = slot.field->field;
    if (field->is_repeated() && !field->is_map() && !slot.element) {
      return Push(Frame::Kind::kList, slot);
    }
    if (slot.field->message == nullptr) return Refuse(Expectation(field));
    if (field->is_map()) return Refuse("must be an object");
    Enter(slot);
  }
  if (slot.plan->form == JsonForm::kValue) {
    slot.message = static_cast<google::protobuf::Value*>(slot.message)
                       ->mutable_list_value();
    slot.plan = &PlanOf(slot.message->GetDescriptor());
    ++slot.levels;
  } else if (slot.plan->form != JsonForm::kListValue) {
    return Refuse(Expectation(*slot.plan));
  }
  return Push(Frame::Kind::kListValue, slot);
}

bool JsonReader::Push(Frame::Kind kind, const Slot& slot) {
  if (slot.levels > kMaxLevels) return Refuse("is nested too deeply");
  Frame& frame = frames_.emplace_back(
      Frame{.kind = kind,
            .message = slot.message,
            .plan = slot.plan,
            .field = kind == Frame::Kind::kObject ? nullptr : slot.field,
            .levels = slot.levels});
  if (kind == Frame::Kind::kObject) {
    frame.seen.resize(frame.plan->fields.size() / 64 + 1);
  }
  return true;
}

// Only one member of a oneof may be set. Its own earlier setting does not
// count: the path may have filled a part of the same message.
bool JsonReader::Claim(const Slot& slot) {
  if (slot.field == nullptr) return true;
  const OneofDescriptor* oneof = slot.field->field->real_containing_oneof();
  if (oneof == nullptr) return true;
  const FieldDescriptor* set =
      slot.message->GetReflection()->GetOneofFieldDescriptor(*slot.message,
                                                             oneof);
  if (set == nullptr || set == slot.field->field) return true;
  return Refuse("must not be set beside another member of its oneof");
}

// Goes from a field of a message type to the message in it.
void JsonReader::Enter(Slot& slot) {
  const FieldDescriptor* field = slot.field->field;
  const Reflection* reflection = slot.message->GetReflection();
  slot.message = field->is_repeated()
                     ? reflection->AddMessage(slot.message, field)
                     : reflection->MutableMessage(slot.message, field);
  slot.plan = slot.field->message;
  slot.field = nullptr;
  ++slot.levels;
}

void JsonReader::SetNull(const Slot& slot) {
  const Scalar null{Scalar::Kind::kNull};
  if (slot.field == nullptr) {
    if (!SetMessage(*slot.message, *slot.plan, null)) {
      Refuse(Expectation(*slot.plan));
    }
    return;
  }
  if (slot.field->nullable && !slot.element) return;
  const FieldDescriptor* field = slot.field->field;
  if (NullIsValue(field) && (!field->is_repeated() || slot.element)) {
    return SetScalar(slot, null);
  }
  Refuse("must not be null");
}

void JsonReader::SetScalar(Slot slot, const Scalar& scalar) {
  if (!Claim(slot)) return;
  if (slot.field != nullptr) {
    const FieldDescriptor* field = slot.field->field;
    if (field->is_repeated() && !slot.element) {
      Refuse(field->is_map() ? "must be an object" : "must be an array");
      return;
    }
    if (slot.field->message == nullptr) {
      if (!SetField(*slot.message, field, scalar)) Refuse(Expectation(field));
      return;
    }
    Enter(slot);
  }
  if (!SetMessage(*slot.message, *slot.plan, scalar)) {
    Refuse(Expectation(*slot.plan));
  }
}

std::string JsonReader::PathOf(size_t frames) const {
  std::string path;
  if (root_.field != nullptr) AppendMember(root_.field->name, path);
  for (size_t i = 0; i < frames; ++i) {
    const Frame& frame = frames_[i];
    switch (frame.kind) {
      case Frame::Kind::kObject:
        if (frame.field != nullptr) AppendMember(frame.field->name, path);
        if (frame.any != nullptr && frame.any->in_value) {
          AppendMember("value", path);
        }
        break;
      case Frame::Kind::kList:
      case Frame::Kind::kListValue:
        AppendIndex(frame.count - 1, path);
        break;
      case Frame::Kind::kMap:
      case Frame::Kind::kStruct:
        AppendKey(frame.key, path);
        break;
    }
  }
  return path;
}

// Of the value that is being read. Always false.
bool JsonReader::Refuse(absl::string_view description) {
  if (!violations_.HasRoom()) return false;
  const std::string path = PathOf(frames_.size());
  violations_.Add(path, path.empty() ? absl::StrCat("the body ", description)
                                     : description);
  return false;
}

void JsonReader::RefuseMember(absl::string_view name,
                              absl::string_view description) {
  if (!violations_.HasRoom()) return;
  std::string path = PathOf(frames_.size() - 1);
  AppendMember(name, path);
  violations_.Add(path, description);
}

}  // namespace webhooks::gateway
