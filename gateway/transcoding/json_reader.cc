#include "gateway/transcoding/json_reader.h"

#include "absl/strings/str_cat.h"
#include "proto/json/field_path.h"

namespace webhooks::gateway {

JsonReader::JsonReader(const Binding& binding,
                       google::protobuf::Message& request,
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
  if (raw_.is_open()) return raw_.BeginObject();
  if (skipped_ > 0 || !OpenObject(NextSlot())) ++skipped_;
}

void JsonReader::BeginArray() {
  if (tape_.recording()) return tape_.Begin(EventTape::Kind::kBeginArray);
  if (raw_.is_open()) return raw_.BeginArray();
  if (skipped_ > 0 || !OpenArray(NextSlot())) ++skipped_;
}

void JsonReader::EndObject() {
  if (tape_.recording()) {
    tape_.End(EventTape::Kind::kEndObject);
    if (!tape_.recording()) Replay();
    return;
  }
  if (raw_.is_open()) {
    raw_.EndObject();
    return EndRaw();
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
  if (raw_.is_open()) {
    raw_.EndArray();
    return EndRaw();
  }
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
  if (raw_.is_open()) return raw_.Value(scalar);
  if (skipped_ > 0) return;
  const Slot slot = NextSlot();
  if (slot.message == nullptr) return;
  if (scalar.kind == Scalar::Kind::kNull) return SetNull(slot);
  SetScalar(slot, scalar);
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
