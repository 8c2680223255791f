#include "gateway/transcoding/path_template.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/transcoding/percent.h"

namespace webhooks::gateway {
namespace {

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(what);
}

bool IsFieldName(absl::string_view name) {
  if (name.empty() || absl::ascii_isdigit(name[0])) return false;
  for (const char c : name) {
    if (!absl::ascii_isalnum(c) && c != '_') return false;
  }
  return true;
}

absl::StatusOr<std::string> Literal(absl::string_view text) {
  std::string literal;
  if (text.empty()) return Malformed("a segment or verb is empty");
  if (text.find_first_of("*{}?# ") != absl::string_view::npos ||
      !AppendPercentDecoded(text, PlusSign::kAsItIs, literal)) {
    return Malformed(absl::StrCat("'", text, "' is not a literal"));
  }
  return literal;
}

// Template = "/" Segments [ Verb ], by recursive descent.
class TemplateParser {
 public:
  explicit TemplateParser(absl::string_view text) : rest_(text) {}

  absl::StatusOr<PathTemplate> Parse() {
    if (!absl::ConsumePrefix(&rest_, "/")) {
      return Malformed("it does not begin with '/'");
    }
    if (auto status = ReadVerb(); !status.ok()) return status;
    if (auto status = ReadSegments(/*in_variable=*/false); !status.ok()) {
      return status;
    }
    if (!rest_.empty())
      return Malformed(absl::StrCat("it ends before ", rest_));
    for (size_t i = 0; i + 1 < result_.segments.size(); ++i) {
      if (result_.segments[i].kind == PathTemplate::Kind::kMany) {
        return Malformed("'**' is not its last segment");
      }
    }
    return std::move(result_);
  }

 private:
  // Removes the verb at the end: a ':' counts only in the last segment, outside
  // of a variable.
  absl::Status ReadVerb() {
    const size_t colon = rest_.rfind(':');
    if (colon == absl::string_view::npos ||
        rest_.find_first_of("/}", colon) != absl::string_view::npos) {
      return absl::OkStatus();
    }
    auto verb = Literal(rest_.substr(colon + 1));
    if (!verb.ok()) return verb.status();
    result_.verb = *std::move(verb);
    rest_ = rest_.substr(0, colon);
    return absl::OkStatus();
  }

  absl::Status ReadSegments(bool in_variable) {
    do {
      auto status = !absl::StartsWith(rest_, "{") ? ReadSegment()
                    : in_variable ? Malformed("a variable is in a variable")
                                  : ReadVariable();
      if (!status.ok()) return status;
    } while (absl::ConsumePrefix(&rest_, "/"));
    return absl::OkStatus();
  }

  absl::Status ReadSegment() {
    const absl::string_view text = rest_.substr(0, rest_.find_first_of("/{}"));
    rest_.remove_prefix(text.size());
    if (text == "*" || text == "**") {
      AddSegment(
          text == "*" ? PathTemplate::Kind::kOne : PathTemplate::Kind::kMany,
          "");
      return absl::OkStatus();
    }
    auto literal = Literal(text);
    if (!literal.ok()) return literal.status();
    AddSegment(PathTemplate::Kind::kLiteral, *std::move(literal));
    return absl::OkStatus();
  }

  absl::Status ReadVariable() {
    rest_.remove_prefix(1);
    const absl::string_view path = rest_.substr(0, rest_.find_first_of("=}"));
    rest_.remove_prefix(path.size());
    PathTemplate::Variable variable{absl::StrSplit(path, '.'),
                                    result_.segments.size(), 0};
    for (const std::string& name : variable.field) {
      if (!IsFieldName(name)) {
        return Malformed(absl::StrCat("'", path, "' is not a field path"));
      }
    }
    if (absl::ConsumePrefix(&rest_, "=")) {
      auto status = ReadSegments(/*in_variable=*/true);
      if (!status.ok()) return status;
    } else {
      AddSegment(PathTemplate::Kind::kOne, "");
    }
    if (!absl::ConsumePrefix(&rest_, "}")) {
      return Malformed("a variable is not closed");
    }
    variable.end = result_.segments.size();
    result_.variables.push_back(std::move(variable));
    return absl::OkStatus();
  }

  void AddSegment(PathTemplate::Kind kind, std::string literal) {
    result_.segments.push_back({kind, std::move(literal)});
  }

  absl::string_view rest_;
  PathTemplate result_;
};

}  // namespace

absl::StatusOr<PathTemplate> ParsePathTemplate(absl::string_view text) {
  return TemplateParser(text).Parse();
}

}  // namespace webhooks::gateway
