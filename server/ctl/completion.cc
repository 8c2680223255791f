#include "server/ctl/completion.h"

#include <algorithm>
#include <map>

#include "absl/algorithm/container.h"
#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/ctl/command.h"
#include "server/ctl/command_line.h"
#include "server/runtime/flags.h"
#include "webhooks/v1/delivery.pb.h"

namespace webhooks::ctl {
namespace {

using WordList = std::vector<std::string>;

// Bash splits words at '=' and ':', and completes only the part after them.
constexpr char kBash[] = R"sh(_webhookctl() {
  local word current=''
  local -a typed=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ ${#typed[@]} -gt 0 && -n $word &&
          ($word == [=:] || ${typed[-1]} == *[=:]) ]]; then
      typed[-1]+=$word
    else
      typed+=("$word")
    fi
  done
  if [[ ${#typed[@]} -gt 1 && -z ${typed[-1]} && ${typed[-2]} == --*= ]]; then
    unset 'typed[-1]'
  fi
  current=${typed[-1]}
  mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" __complete "${typed[@]}" 2>/dev/null)
  [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null || true
  [[ $current != *=* ]] || COMPREPLY=("${COMPREPLY[@]#*=}")
}
complete -o default -F _webhookctl webhookctl
)sh";

constexpr char kZsh[] = R"sh(#compdef webhookctl
_webhookctl() {
  local -a found
  found=(${(f)"$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( ! $#found )); then
    _files
  elif [[ "$found[1]" == *'=' ]]; then
    compadd -S '' -- $found
  else
    compadd -- $found
  fi
}
if [[ "$funcstack[1]" == _webhookctl ]]; then
  _webhookctl "$@"
else
  compdef _webhookctl webhookctl
fi
)sh";

constexpr char kFish[] = R"sh(function __webhookctl_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l found ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
  if set -q found[1]
    string join \n -- $found
  else
    __fish_complete_path "$current"
  end
end
complete -c webhookctl -f -a '(__webhookctl_complete)'
)sh";

WordList WordsOf(absl::string_view text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

WordList States() {
  WordList states;
  const auto& all = *v1::Delivery::State_descriptor();
  for (int i = 1; i < all.value_count(); ++i) {
    states.push_back(absl::AsciiStrToLower(all.value(i)->name()));
  }
  return states;
}

// Returns the values of a flag or an argument; empty if they are not known.
WordList ValuesOf(absl::string_view name) {
  if (name == "state") return States();
  if (name == "active") return {"true", "false"};
  if (name == "clear") return {"url", "description", "scope", "delivery"};
  if (name == "selection") {
    return {"failed", "delivered", "never_matched", "all"};
  }
  if (name == "SHELL") return {"bash", "zsh", "fish"};
  return {};
}

void KeepPrefix(absl::string_view prefix, WordList& words) {
  words.erase(std::remove_if(
                  words.begin(), words.end(),
                  [&](const auto& w) { return !absl::StartsWith(w, prefix); }),
              words.end());
}

// Returns the flags of every command and those of the command `typed`.
WordList FlagsFor(const WordList& typed) {
  std::map<std::string, bool> takes_value = {{"help", false},
                                             {"version", false}};
  const std::string command = absl::StrJoin(typed, " ") + " ";
  for (const auto& [name, flag] : FlagsOf(kFlagsFolder)) {
    if (!IsOfCommand(name)) takes_value[name] = !flag->IsOfType<bool>();
  }
  for (const Command& known : AllCommands()) {
    if (!absl::StartsWith(command, absl::StrCat(known.words, " "))) continue;
    for (const absl::string_view name : known.flags) {
      takes_value[std::string(name)] =
          !absl::FindCommandLineFlag(name)->IsOfType<bool>();
    }
  }
  WordList flags;
  for (const auto& [name, has_value] : takes_value) {
    flags.push_back(absl::StrCat("--", name, has_value ? "=" : ""));
  }
  return flags;
}

// Returns the words that can follow the words of a command, or the values of
// its next argument.
WordList NextWords(const WordList& typed) {
  WordList next;
  for (const Command& known : AllCommands()) {
    const WordList own = WordsOf(known.words);
    const std::size_t common = std::min(own.size(), typed.size());
    if (!std::equal(own.begin(), own.begin() + common, typed.begin())) continue;
    if (own.size() > typed.size()) {
      next.push_back(own[typed.size()]);
      continue;
    }
    const WordList arguments = WordsOf(known.arguments);
    const std::size_t index = typed.size() - own.size();
    if (index < arguments.size()) next = ValuesOf(arguments[index]);
  }
  absl::c_sort(next);
  next.erase(std::unique(next.begin(), next.end()), next.end());
  return next;
}

// Removes "help", which can precede every command.
WordList WithoutHelp(WordList typed) {
  if (!typed.empty() && typed[0] == "help") typed.erase(typed.begin());
  return typed;
}

}  // namespace

WordList Complete(absl::Span<const std::string> words,
                  absl::string_view current) {
  const WordList typed = PositionalWords(words);
  WordList found;
  if (!words.empty() && IsFlagBeforeValue(words.back())) {
    found =
        ValuesOf(absl::StripPrefix(absl::StripPrefix(words.back(), "-"), "-"));
  } else if (absl::StartsWith(current, "--") &&
             absl::StrContains(current, '=')) {
    const std::string flag(current.substr(0, current.find('=') + 1));
    for (const std::string& value :
         ValuesOf(absl::StripSuffix(flag.substr(2), "="))) {
      found.push_back(flag + value);
    }
  } else if (absl::StartsWith(current, "-")) {
    found = FlagsFor(typed);
  } else {
    found = NextWords(WithoutHelp(typed));
  }
  KeepPrefix(current, found);
  return found;
}

absl::StatusOr<std::string> CompletionScript(absl::string_view shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  if (shell == "fish") return kFish;
  return absl::InvalidArgumentError(absl::StrCat(
      "'", shell, "' is none of the known shells: bash, zsh, fish"));
}

}  // namespace webhooks::ctl
