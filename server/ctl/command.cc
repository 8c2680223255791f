#include "server/ctl/command.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "absl/algorithm/container.h"
#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
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

// " [--url=VALUE] [--all_events]"
std::string FlagsText(const Command& command) {
  std::string text;
  for (const absl::string_view flag : command.flags) {
    absl::StrAppend(&text, " [--", flag, TakesValue(flag) ? "=VALUE" : "", "]");
  }
  return text;
}

std::string UsageOf(const Command& command) {
  return absl::StrCat("webhookctl ", command.words,
                      command.arguments.empty() ? "" : " ", command.arguments,
                      FlagsText(command));
}

bool TakesNumber(const Command& command, std::size_t count) {
  const std::vector<std::string> names = Words(command.arguments);
  const auto required = absl::c_count_if(
      names, [](const std::string& name) { return name[0] != '['; });
  return count >= static_cast<std::size_t>(required) && count <= names.size();
}

std::string CommandHelp(const Command& command) {
  std::string text =
      absl::StrCat(UsageOf(command), "\n\n", command.summary, "\n");
  if (!command.flags.empty()) absl::StrAppend(&text, "\nFlags:\n");
  for (const absl::string_view flag : command.flags) {
    absl::StrAppend(&text, FlagHelp(*absl::FindCommandLineFlag(flag)));
  }
  return absl::StrCat(text,
                      "\nFlags of every command, and exit codes: webhookctl "
                      "--help\n");
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

bool IsOfCommand(absl::string_view flag) {
  return absl::c_any_of(AllCommands(), [&](const Command& command) {
    return absl::c_linear_search(command.flags, flag);
  });
}

const std::vector<Command>& AllCommands() {
  static const std::vector<Command>& commands = *[] {
    auto* all = new std::vector<Command>;
    for (auto group : {ProjectCommands(), KeyCommands(), CertificateCommands(),
                       ServerCommands(), WebhookCommands(), EventCommands(),
                       DeliveryCommands(), ExplainCommands(),
                       RetryJobCommands(), ListenCommands(), BackupCommands(),
                       TransferCommands(), OtherCommands()}) {
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
    if (TakesNumber(command, arguments.size())) return &command;
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

absl::StatusOr<std::string> HelpOf(absl::Span<const std::string> words) {
  const std::string typed = absl::StrJoin(words, " ");
  std::string text;
  for (const Command& command : AllCommands()) {
    // Behind the command, there may be arguments.
    if (absl::StartsWith(typed + " ", absl::StrCat(command.words, " "))) {
      return CommandHelp(command);
    }
    if (absl::StartsWith(command.words, typed + " ")) {
      absl::StrAppend(&text, UsageOf(command), "\n    ", command.summary, "\n");
    }
  }
  if (text.empty()) return NoCommand(words);
  return text;
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
