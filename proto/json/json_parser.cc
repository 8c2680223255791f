#include "proto/json/json_parser.h"

#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>

namespace webhooks {

namespace json = boost::json;

// Boost.JSON's handler. Its numbers are rounded, so only their text is used.
// Numbers and strings come in parts where the text does, and strings at their
// escapes too.
class JsonParser::Handler {
 public:
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;

  explicit Handler(JsonSink& sink) : sink_(sink) {}

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& error) {
    return Continue(sink_.BeginObject(), error);
  }
  bool on_object_end(std::size_t, json::error_code& error) {
    return Continue(sink_.EndObject(), error);
  }
  bool on_array_begin(json::error_code& error) {
    return Continue(sink_.BeginArray(), error);
  }
  bool on_array_end(std::size_t, json::error_code& error) {
    return Continue(sink_.EndArray(), error);
  }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    return AddPart(part);
  }
  bool on_key(json::string_view last, std::size_t, json::error_code& error) {
    const bool is_taken = sink_.Key(Whole(last));
    parts_.clear();
    return Continue(is_taken, error);
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    return AddPart(part);
  }
  bool on_string(json::string_view last, std::size_t, json::error_code& error) {
    return OnText(JsonScalar::Kind::kString, last, error);
  }

  bool on_number_part(json::string_view part, json::error_code&) {
    return AddPart(part);
  }
  bool on_int64(std::int64_t, json::string_view last, json::error_code& error) {
    return OnText(JsonScalar::Kind::kNumber, last, error);
  }
  bool on_uint64(std::uint64_t, json::string_view last,
                 json::error_code& error) {
    return OnText(JsonScalar::Kind::kNumber, last, error);
  }
  bool on_double(double, json::string_view last, json::error_code& error) {
    return OnText(JsonScalar::Kind::kNumber, last, error);
  }
  bool on_bool(bool value, json::error_code& error) {
    using Kind = JsonScalar::Kind;
    return Continue(sink_.Value({value ? Kind::kTrue : Kind::kFalse}), error);
  }
  bool on_null(json::error_code& error) {
    return Continue(sink_.Value({JsonScalar::Kind::kNull}), error);
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  bool is_stopped() const { return is_stopped_; }

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

  bool OnText(JsonScalar::Kind kind, json::string_view last,
              json::error_code& error) {
    const bool is_taken = sink_.Value({kind, Whole(last)});
    parts_.clear();
    return Continue(is_taken, error);
  }

  // The parser stops only with an error.
  bool Continue(bool is_taken, json::error_code& error) {
    if (is_taken) return true;
    is_stopped_ = true;
    error = json::error::exception;
    return false;
  }

  JsonSink& sink_;
  bool is_stopped_ = false;
  std::string parts_;
};

namespace {

json::parse_options Options(int max_depth) {
  json::parse_options options;
  options.max_depth = static_cast<std::size_t>(max_depth);
  return options;
}

}  // namespace

struct JsonParser::State {
  State(JsonSink& sink, int max_depth) : parser(Options(max_depth), sink) {}

  json::basic_parser<Handler> parser;
  json::error_code error;
  std::size_t byte = 0;
};

JsonParser::JsonParser(JsonSink& sink, int max_depth)
    : state_(std::make_unique<State>(sink, max_depth)) {}

JsonParser::~JsonParser() = default;

bool JsonParser::Parse(absl::string_view part, bool is_last) {
  const std::size_t size = state_->parser.write_some(
      !is_last, part.data(), part.size(), state_->error);
  state_->byte += size;
  if (!state_->error && size < part.size()) {
    state_->error = json::error::extra_data;
  }
  return !state_->error;
}

JsonParser::Error JsonParser::error() const {
  const json::error_code& error = state_->error;
  if (!error) return Error::kNone;
  if (state_->parser.handler().is_stopped()) return Error::kStopped;
  if (error == json::error::too_deep) return Error::kTooDeep;
  if (error == json::error::exponent_overflow) return Error::kExponentOverflow;
  if (error == json::error::incomplete) return Error::kIncomplete;
  if (error == json::error::extra_data) return Error::kExtraText;
  return Error::kSyntax;
}

std::size_t JsonParser::byte() const { return state_->byte; }

std::string JsonParser::message() const { return state_->error.message(); }

bool IsJson(absl::string_view text, int max_depth) {
  JsonSink ignore;
  return JsonParser(ignore, max_depth).Parse(text, /*is_last=*/true);
}

}  // namespace webhooks
