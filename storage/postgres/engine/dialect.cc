#include "storage/postgres/engine/dialect.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace webhooks::postgres {
namespace {

// Returns the length of the quoted text at the beginning of `rest`.
std::size_t QuotedLength(absl::string_view rest) {
  const std::size_t end = rest.find('\'', 1);
  return end == absl::string_view::npos ? rest.size() : end + 1;
}

// Returns the length of the name or number at the beginning of `rest`.
std::size_t WordLength(absl::string_view rest) {
  std::size_t length = 0;
  while (length < rest.size() &&
         (absl::ascii_isalnum(static_cast<unsigned char>(rest[length])) ||
          rest[length] == '_')) {
    ++length;
  }
  return length;
}

// Returns true if the arguments that follow an opening bracket are several.
bool HasSeveralArguments(absl::string_view rest) {
  int depth = 0;
  for (const char c : rest) {
    if (c == '(') ++depth;
    if (c == ',' && depth == 0) return true;
    if (c == ')' && depth-- == 0) return false;
  }
  return false;
}

class Translator {
 public:
  explicit Translator(absl::string_view sql) : rest_(sql) {}

  Translation Run() && {
    while (!rest_.empty()) Next();
    return {std::move(out_), last_parameter_};
  }

 private:
  void Next() {
    if (rest_[0] == '\'') return Copy(QuotedLength(rest_));
    if (rest_[0] == '?') return Parameter();
    const std::size_t word = WordLength(rest_);
    if (word == 0) return Copy(1);
    if (absl::StartsWith(rest_, "INDEXED BY ")) return Hint();
    if (absl::StartsWith(rest_, "CROSS JOIN ")) return Replace(6, "");
    const absl::string_view arguments = rest_.substr(word);
    if (absl::StartsWith(rest_, "ifnull(")) return Replace(word, "coalesce");
    if (absl::StartsWith(rest_, "max(") &&
        HasSeveralArguments(arguments.substr(1))) {
      return Replace(word, "greatest");
    }
    Copy(word);
  }

  void Copy(std::size_t length) { Replace(length, rest_.substr(0, length)); }

  void Replace(std::size_t length, absl::string_view with) {
    absl::StrAppend(&out_, with);
    rest_.remove_prefix(length);
  }

  void Parameter() {
    rest_.remove_prefix(1);
    const std::size_t digits = WordLength(rest_);
    int number = last_parameter_ + 1;
    if (digits > 0 && !absl::SimpleAtoi(rest_.substr(0, digits), &number)) {
      number = 0;
    }
    last_parameter_ = std::max(last_parameter_, number);
    Replace(digits, absl::StrCat("$", number));
  }

  void Hint() {
    rest_.remove_prefix(sizeof("INDEXED BY ") - 1);
    rest_.remove_prefix(WordLength(rest_));
  }

  absl::string_view rest_;
  std::string out_;
  int last_parameter_ = 0;
};

}  // namespace

Translation Translate(absl::string_view sql) { return Translator(sql).Run(); }

}  // namespace webhooks::postgres
