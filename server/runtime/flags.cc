#include "server/runtime/flags.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "server/runtime/flag_files.h"
#include "server/runtime/flag_values.h"
#include "server/runtime/process.h"

namespace webhooks {
namespace {

// The only flag of Abseil that --help prints.
constexpr absl::string_view kFlagFileHelp =
    "Files to read flags from, comma-separated. Not allowed in a file or in "
    "the environment.";

bool IsOurs(absl::string_view file, absl::string_view folder) {
  return absl::StrContains(file, folder) ||
         absl::StrContains(file, "server/runtime/");
}

[[noreturn]] void Fail(absl::string_view line) {
  std::exit(FailStart(absl::InvalidArgumentError(line)));
}

void SetFlagsFromEnvironment(absl::string_view folder,
                             absl::Span<const absl::string_view> only) {
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (!IsOurs(flag->Filename(), folder)) continue;
    if (!only.empty() &&
        std::find(only.begin(), only.end(), name) == only.end()) {
      continue;
    }
    const std::string variable =
        absl::StrCat("WEBHOOKS_", absl::AsciiStrToUpper(name));
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr) continue;
    const absl::Status good = SetFlagValue(*flag, variable, value);
    if (!good.ok()) std::exit(FailStart(good));
  }
}

// "--no" before the name of a flag that is true or false sets it to false.
bool IsFlag(absl::string_view name) {
  if (absl::FindCommandLineFlag(name) != nullptr) return true;
  return absl::ConsumePrefix(&name, "no") &&
         absl::FindCommandLineFlag(name) != nullptr;
}

}  // namespace

bool AsksForHelp(absl::Span<char* const> command_line) {
  return absl::c_any_of(command_line, [](absl::string_view word) {
    return word == "--help" || word == "-help" || word == "-h";
  });
}

void ReplaceDashesInFlags(absl::Span<char* const> command_line) {
  for (char* const word : command_line) {
    absl::string_view name = word;
    if (name == "--") break;
    if (!absl::ConsumePrefix(&name, "-")) continue;
    absl::ConsumePrefix(&name, "-");
    name = name.substr(0, name.find('='));
    const std::string flag = absl::StrReplaceAll(name, {{"-", "_"}});
    if (flag == name || !IsFlag(flag)) continue;
    std::copy(flag.begin(), flag.end(), word + (name.data() - word));
  }
}

std::map<std::string, const absl::CommandLineFlag*> FlagsOf(
    absl::string_view flags_folder) {
  std::map<std::string, const absl::CommandLineFlag*> flags;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (name == kFlagFile || IsOurs(flag->Filename(), flags_folder)) {
      flags.emplace(name, flag);
    }
  }
  return flags;
}

std::string FlagHelp(const absl::CommandLineFlag& flag) {
  const std::string value = flag.DefaultValue();
  return absl::StrCat(
      "  --", flag.Name(), " (default: ", value.empty() ? "none" : value,
      ")\n      ",
      flag.Name() == kFlagFile ? std::string(kFlagFileHelp) : flag.Help(),
      "\n");
}

// Replaces Abseil's --help, which names source files and exits with 1.
void PrintHelp(absl::string_view usage, absl::string_view flags_folder) {
  std::cout << usage << "\n";
  for (const auto& [name, flag] : FlagsOf(flags_folder)) {
    std::cout << "\n" << FlagHelp(*flag);
  }
  std::cout.flush();
}

std::string ServiceUsage(absl::string_view line, absl::string_view exit_codes) {
  return absl::StrCat(line, R"(

Each flag is also read from the environment, as WEBHOOKS_<FLAG>, and from the
files of --flagfile, which have one --flag=value per line. The command line
overrides a file, and a file the environment. SIGTERM and SIGINT stop a process
that listens gracefully; a second signal, at least a second later, ends it at
once. SIGHUP has no effect: files of certificates and keys are read again when
they change, and flags need a restart.

Exit codes: 0: a graceful stop; 1: it could not start, and standard error has the
cause; 71: it ran out of memory; 75: it did not end within 10 s after --grace)",
                      exit_codes, R"(.

Flags:)");
}

void ParseFlags(int argc, char** argv, absl::string_view usage,
                absl::string_view flags_folder) {
  const auto words = ParseFlagsAndWords(argc, argv, usage, flags_folder, {});
  if (!words.empty()) {
    Fail(absl::StrCat("unexpected argument '", words[0], "'"));
  }
}

std::vector<std::string> ParseFlagsAndWords(
    int argc, char** argv, absl::string_view usage,
    absl::string_view flags_folder,
    absl::Span<const absl::string_view> environment) {
  absl::SetProgramUsageMessage(usage);
  const std::string folder(flags_folder);
  const auto is_ours = [folder](absl::string_view file) {
    return IsOurs(file, folder);
  };
  absl::FlagsUsageConfig config;
  config.contains_helpshort_flags = is_ours;
  config.contains_help_flags = is_ours;
  config.contains_helppackage_flags = is_ours;
  config.version_string = [] { return absl::StrCat(Version(), "\n"); };
  absl::SetFlagsUsageConfig(config);
  const auto typed = absl::MakeSpan(argv, static_cast<std::size_t>(argc));
  ReplaceDashesInFlags(typed);
  if (AsksForHelp(typed)) {
    PrintHelp(usage, folder);
    std::exit(EXIT_SUCCESS);
  }
  SetFlagsFromEnvironment(folder, environment);
  auto ordered = FlagFilesFirst(typed);
  if (!ordered.ok()) std::exit(FailStart(ordered.status()));
  std::vector<char*> line = *std::move(ordered);
  // Abseil sets the flags again, but its errors do not say the expected form.
  const absl::Status good = SetFlagValues(
      std::vector<absl::string_view>(line.begin() + 1, line.end()));
  if (!good.ok()) std::exit(FailStart(good));
  const std::vector<char*> rest =
      absl::ParseCommandLine(static_cast<int>(line.size()), line.data());
  return {rest.begin() + 1, rest.end()};
}

absl::Status BadFlag(absl::string_view flag, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, ": ", problem));
}

}  // namespace webhooks
