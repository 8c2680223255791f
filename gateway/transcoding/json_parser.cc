#include "gateway/transcoding/json_parser.h"

#include <boost/json/basic_parser_impl.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace json = boost::json;

// Boost.JSON's handler. Of numbers only their text is passed on: the values
// that come with it are rounded. Numbers and strings come in parts where the
// text does, and strings at their escapes too.
template <typename Reader>
class JsonHandler {
 public:
  static constexpr size_t max_array_size = SIZE_MAX;
  static constexpr size_t max_object_size = SIZE_MAX;
  static constexpr size_t max_string_size = SIZE_MAX;
  static constexpr size_t max_key_size = SIZE_MAX;

  explicit JsonHandler(Reader& reader) : reader_(reader) {}

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& error) {
    reader_.BeginObject();
    return GoOn(error);
  }
  bool on_object_end(size_t, json::error_code& error) {
    reader_.EndObject();
    return GoOn(error);
  }
  bool on_array_begin(json::error_code& error) {
    reader_.BeginArray();
    return GoOn(error);
  }
  bool on_array_end(size_t, json::error_code& error) {
    reader_.EndArray();
    return GoOn(error);
  }

  bool on_key_part(json::string_view part, size_t, json::error_code&) {
    return AddPart(part);
  }
  bool on_key(json::string_view last, size_t, json::error_code& error) {
    reader_.Key(Whole(last));
    parts_.clear();
    return GoOn(error);
  }
  bool on_string_part(json::string_view part, size_t, json::error_code&) {
    return AddPart(part);
  }
  bool on_string(json::string_view last, size_t, json::error_code& error) {
    return OnText(Scalar::Kind::kString, last, error);
  }

  bool on_number_part(json::string_view part, json::error_code&) {
    return AddPart(part);
  }
  bool on_int64(int64_t, json::string_view last, json::error_code& error) {
    return OnText(Scalar::Kind::kNumber, last, error);
  }
  bool on_uint64(uint64_t, json::string_view last, json::error_code& error) {
    return OnText(Scalar::Kind::kNumber, last, error);
  }
  bool on_double(double, json::string_view last, json::error_code& error) {
    return OnText(Scalar::Kind::kNumber, last, error);
  }
  bool on_bool(bool value, json::error_code& error) {
    reader_.Value({value ? Scalar::Kind::kTrue : Scalar::Kind::kFalse});
    return GoOn(error);
  }
  bool on_null(json::error_code& error) {
    reader_.Value({Scalar::Kind::kNull});
    return GoOn(error);
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  bool AddPart(json::string_view part) {
    parts_.append(part.data(), part.size());
    return true;
  }

  absl::string_view Whole(json::string_view last) {
    if (parts_.empty()) return {last.data(), last.size()};
    AddPart(last);
    return parts_;
  }

  bool OnText(Scalar::Kind kind, json::string_view last,
              json::error_code& error) {
    reader_.Value({kind, Whole(last)});
    parts_.clear();
    return GoOn(error);
  }

  // The parser wants an error to stop; JsonParser knows why it does.
  bool GoOn(json::error_code& error) {
    if (!reader_.is_full()) return true;
    error = json::error::exception;
    return false;
  }

  Reader& reader_;
  std::string parts_;
};

namespace {

// Takes events and does nothing with them.
struct NoReader {
  void BeginObject() {}
  void EndObject() {}
  void BeginArray() {}
  void EndArray() {}
  void Key(absl::string_view) {}
  void Value(const Scalar&) {}
  bool is_full() const { return false; }
};

absl::Status Malformed(absl::string_view what, size_t byte) {
  return WithReason(absl::InvalidArgumentError(absl::StrCat(
                        "the body is not JSON: ", what, " at byte ", byte)),
                    "MALFORMED_JSON", {{"byte", absl::StrCat(byte)}});
}

json::parse_options Options() {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  return options;
}

std::string Problem(const json::error_code& error) {
  if (error == json::error::too_deep) {
    return absl::StrCat("more than ", kMaxJsonDepth, " levels");
  }
  if (error == json::error::exponent_overflow) {
    return "a number with an exponent beyond 31 bits";
  }
  return error.message();
}

}  // namespace

struct JsonParser::State {
  explicit State(JsonReader& json_reader)
      : reader(json_reader), parser(Options(), json_reader) {}

  JsonReader& reader;
  json::basic_parser<JsonHandler<JsonReader>> parser;
  // Of the parts before.
  size_t size = 0;
};

JsonParser::JsonParser(JsonReader& reader)
    : state_(std::make_unique<State>(reader)) {}

JsonParser::~JsonParser() = default;

absl::Status JsonParser::Read(absl::string_view part, bool is_last) {
  json::error_code error;
  const size_t end =
      state_->parser.write_some(!is_last, part.data(), part.size(), error);
  if (state_->reader.is_full()) return absl::OkStatus();
  if (error) return Malformed(Problem(error), state_->size + end);
  if (end < part.size()) {
    return Malformed("text after the value", state_->size + end);
  }
  state_->size += part.size();
  return absl::OkStatus();
}

bool IsJson(absl::string_view text) {
  NoReader reader;
  json::basic_parser<JsonHandler<NoReader>> parser(Options(), reader);
  json::error_code error;
  const size_t end =
      parser.write_some(/*more=*/false, text.data(), text.size(), error);
  return !error && end == text.size();
}

}  // namespace webhooks::gateway
