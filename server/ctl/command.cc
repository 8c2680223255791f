#include "server/ctl/command.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "proto/rpc/status.h"
#include "server/runtime/flags.h"

namespace webhooks::ctl {
namespace {

std::vector<std::string> Words(absl::string_view text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

// " [--url] [--scope]"
std::string FlagsText(const Command& command) {
  std::string text;
  for (const absl::string_view flag : command.flags) {
    absl::StrAppend(&text, " [--", flag, "]");
  }
  return text;
}

std::string UsageOf(const Command& command) {
  return absl::StrCat("webhookctl ", command.words,
                      command.arguments.empty() ? "" : " ", command.arguments,
                      FlagsText(command));
}

absl::Status NoCommand(absl::Span<const std::string> words) {
  if (words.empty()) {
    return absl::InvalidArgumentError(
        "no command; webhookctl --help lists them");
  }
  const std::string typed = absl::StrJoin(words, " ");
  std::vector<absl::string_view> longer;
  for (const Command& command : AllCommands()) {
    if (absl::StartsWith(command.words, typed + " ")) {
      longer.push_back(command.words);
    }
  }
  if (longer.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no command '", typed, "'; webhookctl --help lists them"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", typed, "' is incomplete: ", absl::StrJoin(longer, ", ")));
}

constexpr absl::string_view kUsage =
    R"(webhookctl [FLAGS] COMMAND [ARGUMENTS]: administers a webhook server.

Commands:
)";

// Sets `words` to the words before the current one that are neither flags nor
// their values. Bash splits words at '=' and ':'.
constexpr absl::string_view kReadWords = R"(
  local current=${COMP_WORDS[COMP_CWORD]} words='' word line value=''
  local -a typed=()
  COMPREPLY=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ ${#typed[@]} -gt 0 && ($word == [=:] || ${typed[-1]} == *[=:]) ]]; then
      typed[-1]+=$word
    else
      typed+=("$word")
    fi
  done
  for word in "${typed[@]}"; do
    if [[ -n $value ]]; then
      value=''
    elif [[ $word != -* ]]; then
      words+="$word "
    elif [[ " $switches " != *" $word "* && $word != -*=?* ]]; then
      value=next
    fi
  done
  [[ -z $value && $current != = ]] || return 0
)";

bool IsOfCommand(absl::string_view flag) {
  return absl::c_any_of(AllCommands(), [&](const Command& command) {
    return absl::c_linear_search(command.flags, flag);
  });
}

// Returns the lines of the script that set `switches`, the common flags without
// a value, and `flags`, all common flags.
std::string CommonFlags() {
  std::string switches = "--help --version";
  std::string rest;
  for (const auto& [name, flag] : FlagsOf(kFlagsFolder)) {
    if (IsOfCommand(name)) continue;
    if (flag->IsOfType<bool>()) {
      absl::StrAppend(&switches, " --", name);
    } else {
      absl::StrAppend(&rest, " --", name, "=");
    }
  }
  return absl::StrCat("  local switches='", switches,
                      "'\n  local flags=\"$switches", rest, "\"");
}

constexpr absl::string_view kExitCodes = R"(
Exit codes: 0 success; 1 a bad command line, or another failure; 3 not found;
4 no valid key; 5 the server cannot be reached or is too slow; 6 the server
refuses the request; 7 a limit is reached; 8 a conflict. health: 1 not serving.

--server, --key, --key_file, --json, --timeout and --database are also read from
the environment, as WEBHOOKS_<FLAG>. Every flag is also read from the files of
--flagfile, which have one --flag=value per line and may have flags of any
command. The command line overrides a file, and a file the environment.

Flags:)";

}  // namespace

const std::vector<Command>& AllCommands() {
  static const std::vector<Command>& commands = *[] {
    auto* all = new std::vector<Command>;
    for (auto group : {ProjectCommands(), KeyCommands(), CertificateCommands(),
                       WebhookCommands(), EventCommands(), DeliveryCommands(),
                       RetryJobCommands(), ListenCommands(), BackupCommands(),
                       OtherCommands()}) {
      std::move(group.begin(), group.end(), std::back_inserter(*all));
    }
    return all;
  }();
  return commands;
}

absl::StatusOr<const Command*> FindCommand(
    absl::Span<const std::string> words, std::vector<std::string>& arguments) {
  for (const Command& command : AllCommands()) {
    const std::vector<std::string> own = Words(command.words);
    if (words.size() < own.size() ||
        !std::equal(own.begin(), own.end(), words.begin())) {
      continue;
    }
    arguments.assign(words.begin() + own.size(), words.end());
    if (arguments.size() == Words(command.arguments).size()) return &command;
    return absl::InvalidArgumentError(
        absl::StrCat("usage: ", UsageOf(command)));
  }
  return NoCommand(words);
}

absl::Status CheckFlags(const Command& command,
                        absl::Span<const std::string> given) {
  for (const std::string& flag : given) {
    if (absl::c_linear_search(command.flags, flag) || !IsOfCommand(flag)) {
      continue;
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "--", flag,
        " is not a flag of this command; usage: ", UsageOf(command)));
  }
  return absl::OkStatus();
}

absl::Status NothingToChange() {
  return absl::InvalidArgumentError("no flag says what to change");
}

std::string Usage() {
  std::string text(kUsage);
  for (const Command& command : AllCommands()) {
    std::string line = absl::StrCat("  ", command.words);
    if (!command.arguments.empty()) {
      absl::StrAppend(&line, " ", command.arguments);
    }
    absl::StrAppend(&text, line, FlagsText(command), "\n      ",
                    command.summary, "\n");
  }
  return absl::StrCat(text, kExitCodes);
}

std::string BashCompletion() {
  std::string cases;
  for (const Command& command : AllCommands()) {
    if (command.flags.empty()) continue;
    absl::StrAppend(&cases, "    '", command.words, "'*) flags+=' --",
                    absl::StrJoin(command.flags, "= --"), "=' ;;\n");
  }
  std::string commands = absl::StrJoin(
      AllCommands(), "\n", [](std::string* out, const Command& command) {
        absl::StrAppend(out, command.words);
      });
  return absl::StrCat("_webhookctl() {\n", CommonFlags(), kReadWords,
                      "  case $words in\n", cases, R"(  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current")
    [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null || true
    return
  fi
  local -A next=()
  while read -r line; do
    [[ $line != "$words"* ]] || { line=${line#"$words"}; next[${line%% *}]=1; }
  done <<'END'
)",
                      commands, R"(
END
  mapfile -t COMPREPLY < <(compgen -W "${!next[*]}" -- "$current")
}
complete -o default -F _webhookctl webhookctl
)");
}

int ExitCode(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 0;
    case absl::StatusCode::kNotFound:
      return 3;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return 4;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return 5;
    case absl::StatusCode::kInvalidArgument:
      return Reason(status).empty() ? 1 : 6;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 6;
    case absl::StatusCode::kResourceExhausted:
      return 7;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 8;
    default:
      return 1;
  }
}

}  // namespace webhooks::ctl
