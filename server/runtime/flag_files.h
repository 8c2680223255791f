#ifndef WEBHOOKS_SERVER_RUNTIME_FLAG_FILES_H_
#define WEBHOOKS_SERVER_RUNTIME_FLAG_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace webhooks {

// Abseil's flag for flag files.
inline constexpr absl::string_view kFlagFile = "flagfile";

// Returns the command line `words` with each --flagfile moved to the front,
// since the last value of a flag wins. Also sets the flags of the files.
// INVALID_ARGUMENT, NOT_FOUND, ... if a file cannot be read, has an unknown
// flag or a bad value, or names another flag file: Abseil would follow a file
// that names itself for ever. Messages name the file and the line.
absl::StatusOr<std::vector<char*>> FlagFilesFirst(
    absl::Span<char* const> words);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_FLAG_FILES_H_
