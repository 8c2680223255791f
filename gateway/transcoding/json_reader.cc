#include "gateway/transcoding/json_reader.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/errors.h"
#include "proto/json/json_depth.h"

namespace webhooks::gateway {
namespace {

std::string Problem(const JsonParser& parser) {
  switch (parser.error()) {
    case JsonParser::Error::kTooDeep:
      return absl::StrCat("more than ", kMaxJsonDepth, " levels");
    case JsonParser::Error::kExponentOverflow:
      return "a number with an exponent beyond 31 bits";
    case JsonParser::Error::kExtraText:
      return "text after the value";
    default:
      return parser.message();
  }
}

}  // namespace

JsonReader::JsonReader(const Binding& binding,
                       google::protobuf::Message& request,
                       Violations& violations)
    : violations_(violations),
      message_(binding, request, violations, sinks_),
      parser_(*this, kMaxJsonDepth) {
  sinks_.Push(message_);
}

absl::Status JsonReader::Read(absl::string_view part, bool is_last) {
  const bool is_parsed = parser_.Parse(part, is_last);
  return is_parsed || is_full()
             ? absl::OkStatus()
             : MalformedJson(Problem(parser_), parser_.byte());
}

bool JsonReader::BeginObject() {
  sinks_.top().BeginObject();
  sinks_.Enter();
  return !is_full();
}

bool JsonReader::EndObject() {
  sinks_.top().EndObject();
  sinks_.Leave();
  return !is_full();
}

bool JsonReader::BeginArray() {
  sinks_.top().BeginArray();
  sinks_.Enter();
  return !is_full();
}

bool JsonReader::EndArray() {
  sinks_.top().EndArray();
  sinks_.Leave();
  return !is_full();
}

bool JsonReader::Key(absl::string_view key) {
  sinks_.top().Key(key);
  return !is_full();
}

bool JsonReader::Value(const JsonScalar& scalar) {
  sinks_.top().Value(scalar);
  return !is_full();
}

}  // namespace webhooks::gateway
