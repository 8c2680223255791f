#ifndef WEBHOOKS_SERVER_RUNTIME_FLAGS_H_
#define WEBHOOKS_SERVER_RUNTIME_FLAGS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// Abseil flags, also read from the environment and from files.
namespace webhooks {

// Sets every flag from its environment variable WEBHOOKS_<FLAG> (upper case),
// then from the files of --flagfile and then from the command line: each wins
// over those before it. A file has one --flag=value a line; empty lines and
// those that begin with # are passed over. --help shows the flags whose
// definitions stand in a file below `flags_folder` or server/runtime, after
// `usage`. Ends the process: with 0 after --help and --version, with 1 and one
// line on standard error that names it for an unknown flag, a bad value
// (also of a variable), a positional argument, or a file that cannot be read or
// has another line.
void ParseFlags(int argc, char** argv, absl::string_view usage,
                absl::string_view flags_folder);

// The usage of a program whose flags are all read from the environment: `line`,
// which is "PROGRAM [FLAGS]: what it does.", and what is true of its flags.
// `exit_codes`: "; CODE: MEANING" of those that only this program has.
std::string ServiceUsage(absl::string_view line,
                         absl::string_view exit_codes = "");

// Does the same as ParseFlags, but for a program that takes words as well: ends
// with the positional arguments, wherever they stand among the flags. Of the
// environment only the flags named in `environment` are read; empty: all.
std::vector<std::string> ParseFlagsAndWords(
    int argc, char** argv, absl::string_view usage,
    absl::string_view flags_folder,
    absl::Span<const absl::string_view> environment);

// The flags that --help shows, by their names; see ParseFlags.
std::map<std::string, const absl::CommandLineFlag*> FlagsOf(
    absl::string_view flags_folder);

// INVALID_ARGUMENT: `problem` with the value of `flag`, which is named without
// its dashes.
absl::Status BadFlag(absl::string_view flag, absl::string_view problem);

// Prints what --help does: `usage` and the flags of ParseFlags.
void PrintHelp(absl::string_view usage, absl::string_view flags_folder);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_FLAGS_H_
