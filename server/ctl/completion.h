#ifndef WEBHOOKS_SERVER_CTL_COMPLETION_H_
#define WEBHOOKS_SERVER_CTL_COMPLETION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// Completes command lines for shells. The script of each shell calls
// "webhookctl __complete WORDS CURRENT", so that all complete alike.
namespace webhooks::ctl {

// The first word of such a call.
inline constexpr absl::string_view kComplete = "__complete";

// Returns the completions of the word `current` after `words` (without the
// program's name): words of commands, flags ("--url=" if a value follows), and
// values of flags and arguments ("--state=failed" if the flag is in the same
// word). Empty if nothing is known, for example for a file.
std::vector<std::string> Complete(absl::Span<const std::string> words,
                                  absl::string_view current);

// Returns the script for a shell: bash, zsh or fish. INVALID_ARGUMENT for
// another.
absl::StatusOr<std::string> CompletionScript(absl::string_view shell);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_COMPLETION_H_
