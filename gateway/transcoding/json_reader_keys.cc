#include "absl/strings/str_cat.h"
#include "gateway/transcoding/json_reader.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/struct.pb.h"

// The part of JsonReader that keys are read by.
namespace webhooks::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr absl::string_view kGivenTwice = "must not be given more than once";

// The key of a map entry as text that is the same for the same key: "1.0" and
// "1" are one.
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

// A map's key is a string, a boolean or an integer, written as a string.
std::string KeyExpectation(const FieldDescriptor* key) {
  return absl::StrCat("must have a key of type ", key->type_name());
}

}  // namespace

void JsonReader::Key(absl::string_view key) {
  if (tape_.recording()) return tape_.Key(key);
  if (raw_.is_open()) {
    if (!raw_.Key(key)) raw_is_refused_ = true;
    return;
  }
  if (skipped_ > 0) return;
  Frame& frame = frames_.back();
  switch (frame.kind) {
    case Frame::Kind::kObject:
      return ObjectKey(frame, key);
    case Frame::Kind::kMap:
      return MapKey(frame, key);
    default:
      return StructKey(frame, key);
  }
}

void JsonReader::ObjectKey(Frame& frame, absl::string_view key) {
  frame.field = nullptr;
  if (frame.any != nullptr && AnyKey(*frame.any, *frame.plan, key)) return;
  const FieldPlan* field =
      frame.plan->form == JsonForm::kObject ? frame.plan->Find(key) : nullptr;
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

// Notes in the request's mask that the body has `field`.
void JsonReader::AddToMask(const FieldPlan& field) {
  if (root_.plan->body_mask == nullptr) return;
  Message* mask = root_.message->GetReflection()->MutableMessage(
      root_.message, root_.plan->body_mask);
  static_cast<google::protobuf::FieldMask*>(mask)->add_paths(
      field.field->name());
}

// The keys of an Any that are none of the fields of what it packs.
bool JsonReader::AnyKey(OpenAny& open, const MessagePlan& plan,
                        absl::string_view key) {
  open.in_value = false;
  const bool is_type = key == "@type";
  // google.protobuf.Empty is seen in both of the forms.
  const bool packs_value =
      plan.form != JsonForm::kObject ||
      plan.descriptor->full_name() == "google.protobuf.Empty";
  if (!is_type && !(key == "value" && packs_value)) return false;
  bool& seen = is_type ? open.type_seen : open.value_seen;
  if (seen) {
    RefuseMember(key, kGivenTwice);
  } else {
    open.in_value = !is_type;
  }
  seen = true;
  return true;
}

void JsonReader::MapKey(Frame& frame, absl::string_view key) {
  ++frame.count;
  frame.key.assign(key.data(), key.size());
  frame.entry = frame.message->GetReflection()->AddMessage(frame.message,
                                                           frame.field->field);
  const FieldDescriptor* field = frame.field->message->fields[0].field;
  if (!SetField(*frame.entry, field, {Scalar::Kind::kText, key})) {
    Refuse(KeyExpectation(field));
    frame.entry = nullptr;
  } else if (!frame.keys.insert(CanonicalKey(*frame.entry, field, key))
                  .second) {
    Refuse(kGivenTwice);
    frame.entry = nullptr;
  }
}

void JsonReader::StructKey(Frame& frame, absl::string_view key) {
  frame.key.assign(key.data(), key.size());
  auto& fields =
      *static_cast<google::protobuf::Struct*>(frame.message)->mutable_fields();
  const auto [entry, is_new] = fields.insert({frame.key, {}});
  frame.entry = is_new ? &entry->second : nullptr;
  if (!is_new) Refuse(kGivenTwice);
}

void JsonReader::CheckRequiredKeys(const Frame& frame) {
  if (!frame.plan->has_required_keys) return;
  for (const FieldPlan& field : frame.plan->fields) {
    const bool seen =
        (frame.seen[field.index / 64] >> field.index % 64 & 1) != 0;
    if (field.required_key && !seen && !IsFilledByPath(field)) {
      RefuseMember(field.name, "must be present");
    }
  }
}

// Returns true if the path fills `field` of the object that is being read.
bool JsonReader::IsFilledByPath(const FieldPlan& field) const {
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

}  // namespace webhooks::gateway
