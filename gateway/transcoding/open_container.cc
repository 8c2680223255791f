#include "gateway/transcoding/open_container.h"

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/field_value.h"
#include "proto/json/field_path.h"

namespace webhooks::gateway {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {

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

bool OpenContainer::AddKey(const FieldPlan& member) {
  if (HasKey(member)) return false;
  seen[member.index / 64] |= uint64_t{1} << member.index % 64;
  return true;
}

bool OpenContainer::HasKey(const FieldPlan& member) const {
  return (seen[member.index / 64] >> member.index % 64 & 1) != 0;
}

std::string OpenContainer::BeginEntry(absl::string_view map_key) {
  ++count;
  key.assign(map_key.data(), map_key.size());
  entry = message->GetReflection()->AddMessage(message, field->field);
  const FieldDescriptor* key_field = field->message->fields[0].field;
  std::string violation;
  if (!SetField(*entry, key_field, {JsonScalar::Kind::kText, map_key})) {
    violation = KeyExpectation(key_field);
  } else if (!keys.insert(CanonicalKey(*entry, key_field, map_key)).second) {
    violation = "must not be given more than once";
  }
  if (!violation.empty()) entry = nullptr;
  return violation;
}

void OpenContainer::AppendPosition(std::string& path) const {
  switch (kind) {
    case Kind::kMessage:
      if (field != nullptr) AppendMember(field->name, path);
      break;
    case Kind::kList:
      AppendIndex(count - 1, path);
      break;
    case Kind::kMap:
      AppendKey(key, path);
      break;
  }
}

}  // namespace webhooks::gateway
