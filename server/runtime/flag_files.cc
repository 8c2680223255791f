#include "server/runtime/flag_files.h"

#include <cstddef>

#include "absl/flags/reflection.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/runtime/flag_values.h"
#include "server/runtime/small_file.h"

namespace webhooks {
namespace {

bool ConsumeDashes(absl::string_view& word) {
  if (!absl::ConsumePrefix(&word, "-")) return false;
  absl::ConsumePrefix(&word, "-");
  return true;
}

bool IsFlag(absl::string_view name) {
  return absl::FindCommandLineFlag(name) != nullptr ||
         (absl::ConsumePrefix(&name, "no") &&
          absl::FindCommandLineFlag(name) != nullptr);
}

// Sets the flag of a line. Returns the error of the line, "" if it has none.
std::string ProblemOf(absl::string_view whole) {
  const absl::string_view line = absl::StripAsciiWhitespace(whole);
  if (line.empty() || absl::StartsWith(line, "#")) return "";
  absl::string_view name = line;
  if (!ConsumeDashes(name)) return absl::StrCat("'", line, "' is not a flag");
  name = name.substr(0, name.find('='));
  if (name == kFlagFile) return "a file must not name another";
  if (!IsFlag(name)) return absl::StrCat("there is no flag '", name, "'");
  // Abseil would make it a part of the value.
  if (absl::ascii_isspace(whole.back())) return "a blank ends it";
  return std::string(SetFlagValues({line}).message());
}

absl::Status CheckFlagFile(const std::string& path) {
  const absl::StatusOr<std::string> content = ReadSmallFile(path);
  if (!content.ok()) return content.status();
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(*content, '\n')) {
    ++number;
    const std::string problem = ProblemOf(line);
    if (problem.empty()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("flag file ", path, ", line ", number, ": ", problem));
  }
  return absl::OkStatus();
}

absl::Status CheckFlagFiles(absl::string_view paths) {
  for (const absl::string_view path :
       absl::StrSplit(paths, ',', absl::SkipEmpty())) {
    absl::Status good = CheckFlagFile(std::string(path));
    if (!good.ok()) return good;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<char*>> FlagFilesFirst(
    absl::Span<char* const> words) {
  std::vector<char*> line = {words[0]};
  std::vector<char*> rest;
  std::size_t i = 1;
  for (; i < words.size() && absl::string_view(words[i]) != "--"; ++i) {
    absl::string_view flag = words[i];
    const bool is_file = ConsumeDashes(flag) &&
                         absl::ConsumePrefix(&flag, kFlagFile) &&
                         (flag.empty() || absl::StartsWith(flag, "="));
    (is_file ? line : rest).push_back(words[i]);
    if (!is_file) continue;
    absl::string_view paths = flag;
    if (!absl::ConsumePrefix(&paths, "=") && i + 1 < words.size()) {
      line.push_back(words[++i]);
      paths = words[i];
    }
    absl::Status good = CheckFlagFiles(paths);
    if (!good.ok()) return good;
  }
  rest.insert(rest.end(), words.begin() + i, words.end());
  line.insert(line.end(), rest.begin(), rest.end());
  return line;
}

}  // namespace webhooks
