#include "server/ctl/command_line.h"

#include <cstddef>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace webhooks::ctl {

bool IsFlagBeforeValue(absl::string_view word) {
  if (!absl::ConsumePrefix(&word, "-")) return false;
  absl::ConsumePrefix(&word, "-");
  const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(word);
  return flag != nullptr && !flag->IsOfType<bool>();
}

std::vector<std::string> PositionalWords(absl::Span<const std::string> words) {
  std::vector<std::string> positional;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") {
      positional.insert(positional.end(), words.begin() + i + 1, words.end());
      break;
    }
    if (IsFlagBeforeValue(words[i])) {
      ++i;
    } else if (words[i].empty() || words[i][0] != '-' || words[i] == "-") {
      positional.push_back(words[i]);
    }
  }
  return positional;
}

absl::StatusOr<std::vector<std::string>> FlagsGiven(
    absl::Span<char* const> command_line) {
  std::vector<std::string> given;
  for (std::size_t i = 1; i < command_line.size(); ++i) {
    absl::string_view name = command_line[i];
    if (name == "--") break;
    if (!absl::ConsumePrefix(&name, "-")) continue;
    absl::ConsumePrefix(&name, "-");
    given.emplace_back(name.substr(0, name.find('=')));
    absl::string_view value;
    if (const std::size_t equals = name.find('='); equals != name.npos) {
      value = name.substr(equals + 1);
      name = name.substr(0, equals);
    } else if (IsFlagBeforeValue(command_line[i]) &&
               i + 1 < command_line.size()) {
      value = command_line[++i];
    } else {
      continue;
    }
    if (value.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, ": must not be empty"));
    }
  }
  return given;
}

}  // namespace webhooks::ctl
