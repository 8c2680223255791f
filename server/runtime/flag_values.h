#ifndef WEBHOOKS_SERVER_RUNTIME_FLAG_VALUES_H_
#define WEBHOOKS_SERVER_RUNTIME_FLAG_VALUES_H_

#include "absl/flags/commandlineflag.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// Values of flags, with errors that say their form: Abseil's do not.
namespace webhooks {

// Sets `flag`. INVALID_ARGUMENT: it takes no such value; the message names
// `source`, which gave it ("--grace"), and the form of a value of its type.
absl::Status SetFlagValue(absl::CommandLineFlag& flag, absl::string_view source,
                          absl::string_view value);

// Sets the flags of `words`, each "--name=value" or two words, up to "--".
// Passes over what Abseil has to judge: unknown flags, flags without a value,
// and its own. INVALID_ARGUMENT: as above, and flags before it are set.
absl::Status SetFlagValues(absl::Span<const absl::string_view> words);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_FLAG_VALUES_H_
