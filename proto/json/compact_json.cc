#include "proto/json/compact_json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "proto/json/json_text.h"

namespace webhooks {
namespace {

namespace json = boost::json;

// Boost.JSON's handler, which writes as it reads. All of the text is given to
// the parser at once, so a number is never in parts.
class Handler {
 public:
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return Open('{'); }
  bool on_object_end(std::size_t, json::error_code&) { return Close('}'); }
  bool on_array_begin(json::error_code&) { return Open('['); }
  bool on_array_end(std::size_t, json::error_code&) { return Close(']'); }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    return AddPart(part);
  }
  bool on_key(json::string_view last, std::size_t, json::error_code& error) {
    AddPart(last);
    Separate();
    const std::string key = std::exchange(parts_, "");
    if (!open_.back().insert(key).second) {
      has_key_twice_ = true;
      error = json::error::syntax;
      return false;
    }
    AppendJsonString(key, text_);
    text_ += ':';
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    return AddPart(part);
  }
  bool on_string(json::string_view last, std::size_t, json::error_code&) {
    AddPart(last);
    Separate();
    AppendJsonString(std::exchange(parts_, ""), text_);
    return true;
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view text, json::error_code&) {
    return Add(text);
  }
  bool on_uint64(std::uint64_t, json::string_view text, json::error_code&) {
    return Add(text);
  }
  bool on_double(double, json::string_view text, json::error_code&) {
    return Add(text);
  }
  bool on_bool(bool value, json::error_code&) {
    return Add(value ? "true" : "false");
  }
  bool on_null(json::error_code&) { return Add("null"); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  bool has_key_twice() const { return has_key_twice_; }
  std::string TakeText() { return std::move(text_); }

 private:
  bool Open(char bracket) {
    Separate();
    text_ += bracket;
    open_.emplace_back();
    return true;
  }

  bool Close(char bracket) {
    text_ += bracket;
    open_.pop_back();
    return true;
  }

  bool Add(json::string_view value) {
    Separate();
    text_.append(value.data(), value.size());
    return true;
  }

  bool AddPart(json::string_view part) {
    parts_.append(part.data(), part.size());
    return true;
  }

  // No value ends with one of these, so a value stands before where none does.
  void Separate() {
    const bool is_first = text_.empty() || text_.back() == '{' ||
                          text_.back() == '[' || text_.back() == ':';
    if (!is_first) text_ += ',';
  }

  std::string text_;
  std::string parts_;
  bool has_key_twice_ = false;
  // The keys so far of each container that is open.
  std::vector<absl::flat_hash_set<std::string>> open_;
};

struct Outcome {
  std::string text;
  bool has_key_twice = false;
  json::error_code error;
  // The bytes before the fault, or all.
  std::size_t good_bytes = 0;
};

Outcome Parse(absl::string_view text, int max_depth) {
  json::parse_options options;
  options.max_depth = static_cast<std::size_t>(max_depth);
  json::basic_parser<Handler> parser(options);
  Outcome outcome;
  outcome.good_bytes = parser.write_some(/*more=*/false, text.data(),
                                         text.size(), outcome.error);
  if (!outcome.error && outcome.good_bytes < text.size()) {
    outcome.error = json::error::extra_data;
  }
  outcome.has_key_twice = parser.handler().has_key_twice();
  outcome.text = parser.handler().TakeText();
  return outcome;
}

}  // namespace

std::optional<std::string> CompactJson(absl::string_view text, int max_depth) {
  Outcome outcome = Parse(text, max_depth);
  if (outcome.error) return std::nullopt;
  return std::move(outcome.text);
}

std::string JsonFault(absl::string_view text, int max_depth) {
  const Outcome outcome = Parse(text, max_depth);
  if (!outcome.error) return "";
  const std::size_t byte = outcome.good_bytes + 1;
  if (outcome.has_key_twice) {
    return absl::StrCat(
        "must not have a key twice in an object: the second ends at byte ",
        byte);
  }
  if (outcome.error == json::error::too_deep) {
    return absl::StrCat("must have at most ", max_depth, " levels: byte ", byte,
                        " begins another");
  }
  if (outcome.error == json::error::exponent_overflow) {
    return absl::StrCat("must have no exponent beyond 31 bits: see byte ",
                        byte);
  }
  if (outcome.error == json::error::incomplete) {
    return "must be one JSON value: the end is missing";
  }
  return absl::StrCat("must be one JSON value: byte ", byte, " is wrong");
}

}  // namespace webhooks
