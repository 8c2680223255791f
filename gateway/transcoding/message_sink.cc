#include "gateway/transcoding/message_sink.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/field_mask.pb.h"
#include "proto/json/field_path.h"

namespace webhooks::gateway {

using google::protobuf::Message;

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
  // An absent list is empty.
  if (root_.field != nullptr && root_.field->field->is_repeated()) return;
  BeginObject();
  if (!open_.empty()) EndObject();
}

bool MessageSink::BeginObject() {
  const Slot slot = NextSlot();
  if (slot.message == nullptr || Refuse(slot.OneofViolation())) {
    sinks_.Push(skip_);
  } else if (slot.is_raw()) {
    BeginRaw(slot);
    raw_.BeginObject();
  } else if (slot.is_map()) {
    Push(OpenContainer::Kind::kMap, slot);
  } else if (Refuse(slot.ObjectViolation())) {
    sinks_.Push(skip_);
  } else {
    Push(OpenContainer::Kind::kMessage, slot.Enter());
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
    Push(OpenContainer::Kind::kList, slot);
  } else {
    Refuse(slot.ArrayViolation());
    sinks_.Push(skip_);
  }
  return true;
}

bool MessageSink::EndObject() {
  const OpenContainer& container = open_.back();
  if (container.kind == OpenContainer::Kind::kMessage) {
    CheckRequiredKeys(container);
    open_.pop_back();
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
  OpenContainer& container = open_.back();
  if (container.kind == OpenContainer::Kind::kMap) {
    Refuse(container.BeginEntry(key));
  } else {
    MessageKey(container, key);
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
  if (open_.empty()) return root_;
  OpenContainer& container = open_.back();
  switch (container.kind) {
    case OpenContainer::Kind::kMessage:
      if (container.field == nullptr) return {};
      return {.message = container.message, .field = container.field};
    case OpenContainer::Kind::kList:
      return NextElement(container);
    case OpenContainer::Kind::kMap:
      return {.message = container.entry,
              .field = &container.field->message->fields[1]};
  }
  return {};
}

Slot MessageSink::NextElement(OpenContainer& list) {
  const FieldPlan& field = *list.field;
  if (field.max_items > 0 && field.message != nullptr &&
      list.count == field.max_items) {
    is_too_long_ = true;
    violations_.Add(
        PathOf(open_.size() - 1),
        absl::StrCat("must hold at most ", field.max_items, " elements"));
    return {};
  }
  ++list.count;
  return {.message = list.message, .field = list.field, .is_element = true};
}

void MessageSink::Push(OpenContainer::Kind kind, const Slot& slot) {
  OpenContainer& container =
      open_.emplace_back(OpenContainer{.kind = kind,
                                       .message = slot.message,
                                       .plan = slot.plan,
                                       .field = slot.field});
  if (kind == OpenContainer::Kind::kMessage) {
    container.seen.resize(container.plan->fields.size() / 64 + 1);
  }
}

// A nullable list or map without elements must be null, not empty.
void MessageSink::PopContainer() {
  const OpenContainer& container = open_.back();
  const bool is_refused = container.field->nullable && container.count == 0;
  open_.pop_back();
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

void MessageSink::MessageKey(OpenContainer& container, absl::string_view key) {
  container.field = nullptr;
  const FieldPlan* field = container.plan->Find(key);
  if (field == nullptr) return RefuseMember(key, "is not a known field");
  if (!container.AddKey(*field)) {
    return RefuseMember(key, "must not be given more than once");
  }
  if (IsFilledByPath(*field)) {
    return RefuseMember(key, "must not be given: the path holds it");
  }
  container.field = field;
  if (open_.size() == 1) AddToMask(*field);
}

void MessageSink::CheckRequiredKeys(const OpenContainer& container) {
  if (!container.plan->has_required_keys) return;
  for (const FieldPlan& field : container.plan->fields) {
    if (field.required_key && !container.HasKey(field) &&
        !IsFilledByPath(field)) {
      RefuseMember(field.name, "must be present");
    }
  }
}

// Returns true if the path fills `field` of the message that is being read.
bool MessageSink::IsFilledByPath(const FieldPlan& field) const {
  const size_t base = binding_.body_field != nullptr ? 1 : 0;
  for (const FieldPath& path : binding_.path_fields) {
    if (path.size() != base + open_.size() || path.back() != field.field) {
      continue;
    }
    bool same = base == 0 || path[0] == binding_.body_field;
    for (size_t i = 0; same && i + 1 < open_.size(); ++i) {
      const FieldPlan* key = open_[i].field;
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

// Returns the path of the value that the first `count` open containers lead to.
std::string MessageSink::PathOf(size_t count) const {
  std::string path;
  if (root_.field != nullptr) AppendMember(root_.field->name, path);
  for (size_t i = 0; i < count; ++i) open_[i].AppendPosition(path);
  return path;
}

// Adds a violation of the value that is being read. Returns false if
// `violation` is "".
bool MessageSink::Refuse(absl::string_view violation) {
  if (violation.empty()) return false;
  if (!violations_.HasRoom()) return true;
  const std::string path = PathOf(open_.size());
  violations_.Add(
      path, path.empty() ? absl::StrCat("the body ", violation) : violation);
  return true;
}

// Adds a violation of the member `name` of the object that is being read.
void MessageSink::RefuseMember(absl::string_view name,
                               absl::string_view violation) {
  if (!violations_.HasRoom()) return;
  std::string path = PathOf(open_.size() - 1);
  AppendMember(name, path);
  violations_.Add(path, violation);
}

}  // namespace webhooks::gateway
