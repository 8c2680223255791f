#include "gateway/transcoding/message_sink.h"

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/field_value.h"
#include "google/protobuf/field_mask.pb.h"
#include "proto/json/field_path.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr absl::string_view kGivenTwice = "must not be given more than once";

// Returns the key of a map entry as text that is the same for equal keys: "1.0"
// and "1" are one key.
std::string CanonicalKey(const Message& entry, const FieldDescriptor* key,
                         absl::string_view text) {
  const Reflection* reflection = entry.GetReflection();
  switch (key->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection->GetInt32(entry, key));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection->GetInt64(entry, key));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection->GetUInt32(entry, key));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(reflection->GetUInt64(entry, key));
    default:
      return absl::StrCat(text);
  }
}

std::string KeyExpectation(const FieldDescriptor* key) {
  return absl::StrCat("must have a key of type ", key->type_name());
}

}  // namespace

MessageSink::MessageSink(const Binding& binding, Message& request,
                         Violations& violations, SinkStack& sinks)
    : binding_(binding), violations_(violations), sinks_(sinks), raw_(*this) {
  root_.message = &request;
  root_.plan = &PlanOf(request.GetDescriptor());
  if (binding.body_field != nullptr) {
    root_.field = &root_.plan->Of(binding.body_field);
  }
}

void MessageSink::ReadAbsent() {
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

bool MessageSink::BeginObject() {
  const Slot slot = NextSlot();
  if (slot.message == nullptr || Refuse(slot.OneofViolation())) {
    sinks_.Push(skip_);
  } else if (slot.is_raw()) {
    BeginRaw(slot);
    raw_.BeginObject();
  } else if (slot.is_map()) {
    Push(Frame::Kind::kMap, slot);
  } else if (Refuse(slot.ObjectViolation())) {
    sinks_.Push(skip_);
  } else {
    Push(Frame::Kind::kMessage, slot.Enter());
  }
  return true;
}

bool MessageSink::BeginArray() {
  const Slot slot = NextSlot();
  if (slot.message == nullptr || Refuse(slot.OneofViolation())) {
    sinks_.Push(skip_);
  } else if (slot.is_raw()) {
    BeginRaw(slot);
    raw_.BeginArray();
  } else if (slot.is_list()) {
    Push(Frame::Kind::kList, slot);
  } else {
    Refuse(slot.ArrayViolation());
    sinks_.Push(skip_);
  }
  return true;
}

bool MessageSink::EndObject() {
  const Frame& frame = frames_.back();
  if (frame.kind == Frame::Kind::kMessage) {
    CheckRequiredKeys(frame);
    frames_.pop_back();
  } else {
    PopContainer();
  }
  return true;
}

bool MessageSink::EndArray() {
  PopContainer();
  return true;
}

bool MessageSink::Key(absl::string_view key) {
  Frame& frame = frames_.back();
  if (frame.kind == Frame::Kind::kMap) {
    MapKey(frame, key);
  } else {
    MessageKey(frame, key);
  }
  return true;
}

bool MessageSink::Value(const JsonScalar& scalar) {
  const Slot slot = NextSlot();
  if (slot.message == nullptr) return true;
  if (!slot.is_raw() || scalar.kind == JsonScalar::Kind::kNull) {
    Refuse(slot.Set(scalar));
  } else if (!Refuse(slot.OneofViolation())) {
    raw_.Value(scalar);
    slot.SetRaw(raw_.Take());
  }
  return true;
}

Slot MessageSink::NextSlot() {
  if (frames_.empty()) return root_;
  Frame& frame = frames_.back();
  switch (frame.kind) {
    case Frame::Kind::kMessage:
      if (frame.field == nullptr) return {};
      return {.message = frame.message, .field = frame.field};
    case Frame::Kind::kList:
      return NextElement(frame);
    case Frame::Kind::kMap:
      return {.message = frame.entry,
              .field = &frame.field->message->fields[1]};
  }
  return {};
}

Slot MessageSink::NextElement(Frame& list) {
  const FieldPlan& field = *list.field;
  if (field.max_items > 0 && field.message != nullptr &&
      list.count == field.max_items) {
    is_too_long_ = true;
    violations_.Add(
        PathOf(frames_.size() - 1),
        absl::StrCat("must hold at most ", field.max_items, " elements"));
    return {};
  }
  ++list.count;
  return {.message = list.message, .field = list.field, .is_element = true};
}

void MessageSink::Push(Frame::Kind kind, const Slot& slot) {
  Frame& frame = frames_.emplace_back(Frame{.kind = kind,
                                            .message = slot.message,
                                            .plan = slot.plan,
                                            .field = slot.field});
  if (kind == Frame::Kind::kMessage) {
    frame.seen.resize(frame.plan->fields.size() / 64 + 1);
  }
}

// A nullable list or map is null where it has nothing, never empty.
void MessageSink::PopContainer() {
  const Frame& frame = frames_.back();
  const bool is_refused = frame.field->nullable && frame.count == 0;
  frames_.pop_back();
  if (is_refused) Refuse("must not be empty");
}

void MessageSink::BeginRaw(const Slot& slot) {
  raw_slot_ = slot;
  sinks_.Push(raw_);
}

bool MessageSink::RawSink::EndObject() {
  JsonRewriter::EndObject();
  if (is_closed()) owner_.EndRaw();
  return true;
}

bool MessageSink::RawSink::EndArray() {
  JsonRewriter::EndArray();
  if (is_closed()) owner_.EndRaw();
  return true;
}

void MessageSink::EndRaw() {
  if (raw_.has_duplicate_key()) Refuse("must not give a key more than once");
  raw_slot_.SetRaw(raw_.Take());
}

void MessageSink::MessageKey(Frame& frame, absl::string_view key) {
  frame.field = nullptr;
  const FieldPlan* field = frame.plan->Find(key);
  if (field == nullptr) return RefuseMember(key, "is not a known field");
  uint64_t& seen = frame.seen[field->index / 64];
  const uint64_t bit = uint64_t{1} << field->index % 64;
  if ((seen & bit) != 0) return RefuseMember(key, kGivenTwice);
  seen |= bit;
  if (IsFilledByPath(*field)) {
    return RefuseMember(key, "must not be given: the path holds it");
  }
  frame.field = field;
  if (frames_.size() == 1) AddToMask(*field);
}

void MessageSink::MapKey(Frame& frame, absl::string_view key) {
  ++frame.count;
  frame.key.assign(key.data(), key.size());
  frame.entry = frame.message->GetReflection()->AddMessage(frame.message,
                                                           frame.field->field);
  const FieldDescriptor* field = frame.field->message->fields[0].field;
  if (!SetField(*frame.entry, field, {JsonScalar::Kind::kText, key})) {
    Refuse(KeyExpectation(field));
    frame.entry = nullptr;
  } else if (!frame.keys.insert(CanonicalKey(*frame.entry, field, key))
                  .second) {
    Refuse(kGivenTwice);
    frame.entry = nullptr;
  }
}

void MessageSink::CheckRequiredKeys(const Frame& frame) {
  if (!frame.plan->has_required_keys) return;
  for (const FieldPlan& field : frame.plan->fields) {
    const bool seen =
        (frame.seen[field.index / 64] >> field.index % 64 & 1) != 0;
    if (field.required_key && !seen && !IsFilledByPath(field)) {
      RefuseMember(field.name, "must be present");
    }
  }
}

// Returns true if the path fills `field` of the message that is being read.
bool MessageSink::IsFilledByPath(const FieldPlan& field) const {
  const size_t base = binding_.body_field != nullptr ? 1 : 0;
  for (const FieldPath& path : binding_.path_fields) {
    if (path.size() != base + frames_.size() || path.back() != field.field) {
      continue;
    }
    bool same = base == 0 || path[0] == binding_.body_field;
    for (size_t i = 0; same && i + 1 < frames_.size(); ++i) {
      const FieldPlan* key = frames_[i].field;
      same = key != nullptr && path[base + i] == key->field;
    }
    if (same) return true;
  }
  return false;
}

// Notes in the request's mask that the body has `field`.
void MessageSink::AddToMask(const FieldPlan& field) {
  if (root_.plan->body_mask == nullptr) return;
  Message* mask = root_.message->GetReflection()->MutableMessage(
      root_.message, root_.plan->body_mask);
  static_cast<google::protobuf::FieldMask*>(mask)->add_paths(
      field.field->name());
}

// Returns the path of the value that the first `frames` frames lead to.
std::string MessageSink::PathOf(size_t frames) const {
  std::string path;
  if (root_.field != nullptr) AppendMember(root_.field->name, path);
  for (size_t i = 0; i < frames; ++i) {
    const Frame& frame = frames_[i];
    switch (frame.kind) {
      case Frame::Kind::kMessage:
        if (frame.field != nullptr) AppendMember(frame.field->name, path);
        break;
      case Frame::Kind::kList:
        AppendIndex(frame.count - 1, path);
        break;
      case Frame::Kind::kMap:
        AppendKey(frame.key, path);
        break;
    }
  }
  return path;
}

// Adds a violation of the value that is being read. False: `violation` is "".
bool MessageSink::Refuse(absl::string_view violation) {
  if (violation.empty()) return false;
  if (!violations_.HasRoom()) return true;
  const std::string path = PathOf(frames_.size());
  violations_.Add(
      path, path.empty() ? absl::StrCat("the body ", violation) : violation);
  return true;
}

// Adds a violation of the member `name` of the object that is being read.
void MessageSink::RefuseMember(absl::string_view name,
                               absl::string_view violation) {
  if (!violations_.HasRoom()) return;
  std::string path = PathOf(frames_.size() - 1);
  AppendMember(name, path);
  violations_.Add(path, violation);
}

}  // namespace webhooks::gateway
