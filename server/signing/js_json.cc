#include "server/signing/js_json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/json/json_text.h"
#include "server/signing/js_number.h"

namespace webhooks::server {
namespace {

namespace json = boost::json;

constexpr int kMaxDepth = 64;

// The number that `key` is, where it is an array index (ECMA-262, 6.1.7).
std::optional<std::uint32_t> ArrayIndex(absl::string_view key) {
  std::uint32_t index;
  if (!absl::SimpleAtoi(key, &index) || absl::StrCat(index) != key ||
      index == std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  return index;
}

// An object or array that is being written: its values, already as text.
class Container {
 public:
  explicit Container(bool is_object) : is_object_(is_object) {}

  void Key(absl::string_view key) { key_ = std::string(key); }

  void Add(std::string value) {
    if (!is_object_) {
      members_.push_back({"", std::move(value)});
      return;
    }
    const auto [place, is_new] = places_.emplace(key_, members_.size());
    if (is_new) {
      members_.push_back({key_, std::move(value)});
    } else {
      members_[place->second].value = std::move(value);
    }
  }

  std::string Text() {
    if (is_object_) SortIndexes();
    std::string text(1, is_object_ ? '{' : '[');
    for (const Member& member : members_) {
      if (text.size() > 1) text += ',';
      if (is_object_) {
        AppendJsonString(member.key, text);
        text += ':';
      }
      text += member.value;
    }
    text += is_object_ ? '}' : ']';
    return text;
  }

  std::optional<std::string> Find(absl::string_view key) const {
    const auto place = places_.find(key);
    if (place == places_.end()) return std::nullopt;
    return members_[place->second].value;
  }

  bool is_object() const { return is_object_; }

 private:
  struct Member {
    std::string key;
    std::string value;
  };

  // Array indexes first, ascending; places_ is of no use afterwards.
  void SortIndexes() {
    std::stable_sort(members_.begin(), members_.end(),
                     [](const Member& a, const Member& b) {
                       const auto left = ArrayIndex(a.key);
                       const auto right = ArrayIndex(b.key);
                       if (left && right) return *left < *right;
                       return left.has_value() && !right.has_value();
                     });
  }

  const bool is_object_;
  std::string key_;
  std::vector<Member> members_;
  absl::flat_hash_map<std::string, std::size_t> places_;
};

// Boost.JSON's handler, which writes containers from the inside out. All of the
// text is given to the parser at once, so a number is never in parts.
class Handler {
 public:
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return Open(true); }
  bool on_object_end(std::size_t, json::error_code&) { return Close(); }
  bool on_array_begin(json::error_code&) { return Open(false); }
  bool on_array_end(std::size_t, json::error_code&) { return Close(); }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    return AddPart(part);
  }
  bool on_key(json::string_view last, std::size_t, json::error_code&) {
    AddPart(last);
    open_.back().Key(std::exchange(parts_, ""));
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    return AddPart(part);
  }
  bool on_string(json::string_view last, std::size_t, json::error_code&) {
    AddPart(last);
    std::string text;
    AppendJsonString(std::exchange(parts_, ""), text);
    return Add(std::move(text));
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view text, json::error_code&) {
    return AddNumber(text);
  }
  bool on_uint64(std::uint64_t, json::string_view text, json::error_code&) {
    return AddNumber(text);
  }
  // Boost.JSON's own value is not the nearest double.
  bool on_double(double, json::string_view text, json::error_code&) {
    return AddNumber(text);
  }
  bool on_bool(bool value, json::error_code&) {
    return Add(value ? "true" : "false");
  }
  bool on_null(json::error_code&) { return Add("null"); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  // The member of the object that all of the text was.
  std::optional<std::string> Member(absl::string_view name) const {
    if (!root_ || !root_->is_object()) return std::nullopt;
    return root_->Find(name);
  }

 private:
  bool Open(bool is_object) {
    open_.emplace_back(is_object);
    return true;
  }

  bool Close() {
    Container closed = std::move(open_.back());
    open_.pop_back();
    if (open_.empty()) {
      root_.emplace(std::move(closed));
      return true;
    }
    return Add(closed.Text());
  }

  bool Add(std::string value) {
    if (!open_.empty()) open_.back().Add(std::move(value));
    return true;
  }

  bool AddNumber(json::string_view text) {
    double value = 0;
    // Out of range is an infinity or zero, as in JavaScript.
    if (!absl::SimpleAtod({text.data(), text.size()}, &value)) return false;
    return Add(JsNumber(value));
  }

  bool AddPart(json::string_view part) {
    parts_.append(part.data(), part.size());
    return true;
  }

  std::vector<Container> open_;
  std::optional<Container> root_;
  std::string parts_;
};

}  // namespace

std::optional<std::string> JsMember(absl::string_view text,
                                    absl::string_view name) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<Handler> parser(options);
  json::error_code error;
  const std::size_t end =
      parser.write_some(/*more=*/false, text.data(), text.size(), error);
  if (error || end < text.size()) return std::nullopt;
  return parser.handler().Member(name);
}

}  // namespace webhooks::server
