#include "gateway/openapi/failures.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace webhooks::gateway {
namespace {

std::optional<absl::StatusCode> CodeOf(absl::string_view name) {
  constexpr int kLastCode =
      static_cast<int>(absl::StatusCode::kUnauthenticated);
  for (int i = 1; i <= kLastCode; ++i) {
    const auto code = static_cast<absl::StatusCode>(i);
    if (absl::StatusCodeToString(code) == name) return code;
  }
  return std::nullopt;
}

void AppendWord(absl::string_view word, std::string& text) {
  absl::StrAppend(&text, text.empty() ? "" : " ", word);
}

// Reads the words of one paragraph.
class ParagraphReader {
 public:
  explicit ParagraphReader(ToldFailures& told) : told_(told) {}

  void Read(absl::string_view paragraph) {
    for (const absl::string_view word : absl::StrSplit(paragraph, ' ')) {
      ReadWord(word);
    }
    KeepPending();
    if (rest_.empty()) return;
    absl::StrAppend(&told_.rest, told_.rest.empty() ? "" : "\n\n", rest_);
  }

 private:
  // "NOT_FOUND:" begins a failure, and so do "CANCELLED," and what follows it
  // if the last of them has a colon.
  void ReadWord(absl::string_view word) {
    absl::string_view name = word;
    const bool is_last = absl::ConsumeSuffix(&name, ":");
    const bool is_listed = !is_last && absl::ConsumeSuffix(&name, ",");
    const auto code = CodeOf(name);
    if (!code || (!is_last && !is_listed)) {
      KeepPending();
      AppendWord(word, Text());
      return;
    }
    codes_.push_back(*code);
    AppendWord(word, pending_);
    if (!is_last) return;
    told_.failures.push_back({std::move(codes_), ""});
    in_failure_ = true;
    codes_.clear();
    pending_.clear();
  }

  // What looked like a list of codes was a part of the text.
  void KeepPending() {
    if (!pending_.empty()) AppendWord(pending_, Text());
    codes_.clear();
    pending_.clear();
  }

  std::string& Text() {
    return in_failure_ ? told_.failures.back().text : rest_;
  }

  ToldFailures& told_;
  std::string rest_;
  std::vector<absl::StatusCode> codes_;
  std::string pending_;
  bool in_failure_ = false;
};

}  // namespace

ToldFailures ReadFailures(absl::string_view comment) {
  ToldFailures told;
  for (const absl::string_view paragraph : absl::StrSplit(comment, "\n\n")) {
    ParagraphReader(told).Read(paragraph);
  }
  return told;
}

}  // namespace webhooks::gateway
