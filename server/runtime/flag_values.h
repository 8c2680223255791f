#ifndef WEBHOOKS_SERVER_RUNTIME_FLAG_VALUES_H_
#define WEBHOOKS_SERVER_RUNTIME_FLAG_VALUES_H_

#include "absl/flags/commandlineflag.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// Parses values of flags. Unlike Abseil's, the errors say the expected form.
namespace webhooks {

// Sets `flag`. INVALID_ARGUMENT for a bad value; the message names `source`
// ("--grace") and the form of the flag's values.
absl::Status SetFlagValue(absl::CommandLineFlag& flag, absl::string_view source,
                          absl::string_view value);

// Sets the flags of `words`, each "--name=value" or two words, up to "--".
// Skips what Abseil handles: unknown flags, flags without a value, and its own
// flags. INVALID_ARGUMENT as above; the flags before the bad one are set then.
absl::Status SetFlagValues(absl::Span<const absl::string_view> words);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_FLAG_VALUES_H_
