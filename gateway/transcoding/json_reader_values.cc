#include "absl/strings/str_cat.h"
#include "gateway/transcoding/expectation.h"
#include "gateway/transcoding/json_reader.h"
#include "google/protobuf/struct.pb.h"

// The part of JsonReader that values are put in their places by.
namespace webhooks::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::ListValue;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

// Protobuf parsers stop at 100 messages within each other; the last container
// may still have a map entry, its value and one well-known message in it. Only
// google.protobuf.Value, which takes three messages for a level of JSON, comes
// near.
constexpr int kMaxLevels = 96;

}  // namespace

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
      return NextElement(frame);
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

JsonReader::Slot JsonReader::NextElement(Frame& frame) {
  const FieldPlan& list = *frame.field;
  if (list.max_items > 0 && list.message != nullptr &&
      frame.count == list.max_items) {
    is_too_long_ = true;
    violations_.Add(
        PathOf(frames_.size() - 1),
        absl::StrCat("must hold at most ", list.max_items, " elements"));
    return {};
  }
  ++frame.count;
  return {frame.message, frame.plan, frame.field, true, frame.levels};
}

bool JsonReader::OpenObject(Slot slot) {
  if (slot.message == nullptr || !Claim(slot)) return false;
  if (slot.field != nullptr) {
    const FieldDescriptor* field = slot.field->field;
    if (slot.field->raw_json) {
      BeginRaw(slot);
      raw_.BeginObject();
      return true;
    }
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
    if (slot.field->raw_json) {
      BeginRaw(slot);
      raw_.BeginArray();
      return true;
    }
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

void JsonReader::BeginRaw(const Slot& slot) {
  raw_slot_ = slot;
  raw_is_refused_ = false;
}

// After a container's end: of the whole value, if it was the outermost.
void JsonReader::EndRaw() {
  if (raw_.is_open()) return;
  const std::string text = raw_.Take();
  if (raw_is_refused_) {
    Refuse("must not give a key more than once");
  } else {
    SetRaw(raw_slot_, text);
  }
}

void JsonReader::SetRaw(const Slot& slot, const std::string& text) {
  slot.message->GetReflection()->SetString(slot.message, slot.field->field,
                                           text);
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
    if (slot.field->raw_json) return SetRaw(slot, RawJson::Text(scalar));
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

}  // namespace webhooks::gateway
