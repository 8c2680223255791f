#ifndef WEBHOOKS_SERVER_CTL_COMMAND_LINE_H_
#define WEBHOOKS_SERVER_CTL_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// Separates the flags of a command line from its other words.
namespace webhooks::ctl {

// Returns true if `word` is a flag whose value is the next word.
bool IsFlagBeforeValue(absl::string_view word);

// Returns the words of a command line, without the program's name, that are
// neither flags nor their values.
std::vector<std::string> PositionalWords(absl::Span<const std::string> words);

// Returns the names of the flags on the command line. INVALID_ARGUMENT names a
// flag with an empty value, which may come from an unset variable of a script.
absl::StatusOr<std::vector<std::string>> FlagsGiven(
    absl::Span<char* const> command_line);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_COMMAND_LINE_H_
