#include "proto/json/json_rewriter.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/json/json_text.h"

namespace webhooks {
namespace {

// Returns the array index that `key` is (ECMA-262, 6.1.7), if it is one.
std::optional<std::uint32_t> ArrayIndex(absl::string_view key) {
  std::uint32_t index;
  if (!absl::SimpleAtoi(key, &index) || absl::StrCat(index) != key ||
      index == std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  return index;
}

}  // namespace

JsonRewriter::JsonRewriter() : options_() {}

bool JsonRewriter::BeginObject() { return Begin('{'); }

bool JsonRewriter::EndObject() {
  if (options_.members == Members::kJavaScript) {
    EndMember(open_.back());
    if (open_.back().is_out_of_order) Reorder(open_.back());
  }
  text_ += '}';
  open_.pop_back();
  return true;
}

bool JsonRewriter::BeginArray() { return Begin('['); }

bool JsonRewriter::EndArray() {
  text_ += ']';
  open_.pop_back();
  return true;
}

bool JsonRewriter::Key(absl::string_view key) {
  Container& object = open_.back();
  const auto [place, is_new] =
      object.keys.emplace(std::string(key), object.members.size());
  if (options_.members == Members::kJavaScript) {
    EndMember(object);
    Separate();
    BeginMember(object, place->second, key);
  } else {
    has_duplicate_key_ |= !is_new;
    Separate();
  }
  AppendJsonString(key, text_);
  text_ += ':';
  return is_new || options_.members == Members::kJavaScript;
}

bool JsonRewriter::Value(const JsonScalar& scalar) {
  Separate();
  switch (scalar.kind) {
    case JsonScalar::Kind::kString:
    case JsonScalar::Kind::kText:
      AppendJsonString(scalar.text, text_);
      break;
    case JsonScalar::Kind::kNumber:
      if (options_.append_number != nullptr) {
        options_.append_number(scalar.text, text_);
      } else {
        absl::StrAppend(&text_, scalar.text);
      }
      break;
    case JsonScalar::Kind::kTrue:
      text_ += "true";
      break;
    case JsonScalar::Kind::kFalse:
      text_ += "false";
      break;
    case JsonScalar::Kind::kNull:
      text_ += "null";
      break;
  }
  return true;
}

std::string JsonRewriter::Take() {
  has_duplicate_key_ = false;
  return std::exchange(text_, "");
}

bool JsonRewriter::Begin(char bracket) {
  Separate();
  open_.push_back({text_.size()});
  text_ += bracket;
  return true;
}

// No value ends with one of these characters, so a value stands before where
// none of them does.
void JsonRewriter::Separate() {
  const bool is_first = text_.empty() || text_.back() == '{' ||
                        text_.back() == '[' || text_.back() == ':';
  if (!is_first) text_ += ',';
}

void JsonRewriter::BeginMember(Container& object, std::size_t place,
                               absl::string_view key) {
  const bool is_new = place == object.members.size();
  if (is_new) object.members.push_back({ArrayIndex(key)});
  object.is_out_of_order |=
      !is_new || object.members[place].array_index.has_value();
  object.members[place].begin = text_.size();
  object.last_member = place;
}

void JsonRewriter::EndMember(Container& object) {
  if (object.members.empty()) return;
  object.members[object.last_member].end = text_.size();
}

void JsonRewriter::Reorder(Container& object) {
  std::stable_sort(object.members.begin(), object.members.end(),
                   [](const Member& a, const Member& b) {
                     if (a.array_index && b.array_index) {
                       return *a.array_index < *b.array_index;
                     }
                     return a.array_index.has_value() &&
                            !b.array_index.has_value();
                   });
  std::string text = "{";
  for (const Member& member : object.members) {
    if (text.size() > 1) text += ',';
    text.append(text_, member.begin, member.end - member.begin);
  }
  text_.replace(object.begin, std::string::npos, text);
}

}  // namespace webhooks
