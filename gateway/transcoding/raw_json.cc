#include "gateway/transcoding/raw_json.h"

#include "proto/json/json_text.h"

namespace webhooks::gateway {

std::string RawJson::Text(const Scalar& scalar) {
  std::string text;
  switch (scalar.kind) {
    case Scalar::Kind::kString:
    case Scalar::Kind::kText:
      AppendJsonString(scalar.text, text);
      return text;
    case Scalar::Kind::kNumber:
      return std::string(scalar.text);
    case Scalar::Kind::kTrue:
      return "true";
    case Scalar::Kind::kFalse:
      return "false";
    case Scalar::Kind::kNull:
      return "null";
  }
  return text;
}

bool RawJson::Key(absl::string_view key) {
  const bool is_new = open_.back().insert(std::string(key)).second;
  Separate();
  AppendJsonString(key, text_);
  text_ += ':';
  return is_new;
}

void RawJson::Value(const Scalar& scalar) {
  Separate();
  text_ += Text(scalar);
}

void RawJson::Begin(char bracket) {
  Separate();
  text_ += bracket;
  open_.emplace_back();
}

void RawJson::End(char bracket) {
  text_ += bracket;
  open_.pop_back();
}

// A value stands before exactly if the last character is none of these.
void RawJson::Separate() {
  const bool is_first = text_.empty() || text_.back() == '{' ||
                        text_.back() == '[' || text_.back() == ':';
  if (!is_first) text_ += ',';
}

}  // namespace webhooks::gateway
