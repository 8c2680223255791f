#include "gateway/transcoding/json_parser.h"

#include <boost/json/basic_parser_impl.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;

// Boost.JSON's handler. Of numbers only their text is passed on: the values
// that come with it are rounded. All of the text is given to the parser at
// once, so a number is never in parts; a string is where it has escapes.
template <typename Reader>
class Handler {
 public:
  static constexpr size_t max_array_size = SIZE_MAX;
  static constexpr size_t max_object_size = SIZE_MAX;
  static constexpr size_t max_string_size = SIZE_MAX;
  static constexpr size_t max_key_size = SIZE_MAX;

  explicit Handler(Reader& reader) : reader_(reader) {}

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    reader_.BeginObject();
    return true;
  }
  bool on_object_end(size_t, json::error_code&) {
    reader_.EndObject();
    return true;
  }
  bool on_array_begin(json::error_code&) {
    reader_.BeginArray();
    return true;
  }
  bool on_array_end(size_t, json::error_code&) {
    reader_.EndArray();
    return true;
  }

  bool on_key_part(json::string_view part, size_t, json::error_code&) {
    parts_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view last, size_t size, json::error_code&) {
    reader_.Key(Whole(last, size));
    parts_.clear();
    return true;
  }
  bool on_string_part(json::string_view part, size_t, json::error_code&) {
    parts_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view last, size_t size, json::error_code&) {
    reader_.Value({Scalar::Kind::kString, Whole(last, size)});
    parts_.clear();
    return true;
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(int64_t, json::string_view text, json::error_code&) {
    return OnNumber(text);
  }
  bool on_uint64(uint64_t, json::string_view text, json::error_code&) {
    return OnNumber(text);
  }
  bool on_double(double, json::string_view text, json::error_code&) {
    return OnNumber(text);
  }
  bool on_bool(bool value, json::error_code&) {
    reader_.Value({value ? Scalar::Kind::kTrue : Scalar::Kind::kFalse});
    return true;
  }
  bool on_null(json::error_code&) {
    reader_.Value({Scalar::Kind::kNull});
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  absl::string_view Whole(json::string_view last, size_t size) {
    if (last.size() == size) return {last.data(), last.size()};
    parts_.append(last.data(), last.size());
    return parts_;
  }

  bool OnNumber(json::string_view text) {
    reader_.Value({Scalar::Kind::kNumber, {text.data(), text.size()}});
    return true;
  }

  Reader& reader_;
  std::string parts_;
};

// Takes events and does nothing with them.
struct NoReader {
  void BeginObject() {}
  void EndObject() {}
  void BeginArray() {}
  void EndArray() {}
  void Key(absl::string_view) {}
  void Value(const Scalar&) {}
};

absl::Status Malformed(absl::string_view what, size_t byte) {
  return WithReason(absl::InvalidArgumentError(absl::StrCat(
                        "the body is not JSON: ", what, " at byte ", byte)),
                    "MALFORMED_JSON", {{"byte", absl::StrCat(byte)}});
}

template <typename Reader>
absl::Status Parse(absl::string_view text, Reader& reader) {
  json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  json::basic_parser<Handler<Reader>> parser(options, reader);
  json::error_code error;
  const size_t end =
      parser.write_some(/*more=*/false, text.data(), text.size(), error);
  if (error == json::error::too_deep) {
    return Malformed(absl::StrCat("more than ", kMaxJsonDepth, " levels"), end);
  }
  if (error) return Malformed(error.message(), end);
  if (end < text.size()) return Malformed("text after the value", end);
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseJson(absl::string_view text, JsonReader& reader) {
  return Parse(text, reader);
}

bool IsJson(absl::string_view text) {
  NoReader reader;
  return Parse(text, reader).ok();
}

}  // namespace webhooks::gateway
