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
// then from the files of --flagfile, then from the command line; later values
// win. A file has one --flag=value per line; empty lines and lines that start
// with # are ignored. --help prints `usage` and the flags that are defined in
// files below `flags_folder` or server/runtime.
//
// Ends the process with 0 after --help and --version, and with 1 and a line on
// standard error for an unknown flag, a bad value, a positional argument, or a
// file that cannot be read or has a malformed line.
void ParseFlags(int argc, char** argv, absl::string_view usage,
                absl::string_view flags_folder);

// Returns the usage of a program that reads all flags from the environment:
// `line` ("PROGRAM [FLAGS]: what it does.") and general text about flags and
// exit codes. `exit_codes` is "; CODE: MEANING" for the program's own codes.
std::string ServiceUsage(absl::string_view line,
                         absl::string_view exit_codes = "");

// Like ParseFlags, for a program that takes positional arguments, which may
// stand between flags. Returns the arguments. Reads only the flags named in
// `environment` from the environment; all if it is empty.
std::vector<std::string> ParseFlagsAndWords(
    int argc, char** argv, absl::string_view usage,
    absl::string_view flags_folder,
    absl::Span<const absl::string_view> environment);

// Lets flags be typed with dashes: rewrites --key-file to --key_file, before
// "--", if that is the name of a flag.
void ReplaceDashesInFlags(absl::Span<char* const> command_line);

// Returns true if --help is one of the words.
bool AsksForHelp(absl::Span<char* const> command_line);

// Returns the flags that --help prints, by name; see ParseFlags.
std::map<std::string, const absl::CommandLineFlag*> FlagsOf(
    absl::string_view flags_folder);

// Returns INVALID_ARGUMENT for `problem` with the value of `flag`, a name
// without dashes.
absl::Status BadFlag(absl::string_view flag, absl::string_view problem);

// Returns the lines of --help about one flag.
std::string FlagHelp(const absl::CommandLineFlag& flag);

// Prints the text of --help: `usage` and the flags of ParseFlags.
void PrintHelp(absl::string_view usage, absl::string_view flags_folder);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_FLAGS_H_
