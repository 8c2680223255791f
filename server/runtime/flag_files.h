#ifndef WEBHOOKS_SERVER_RUNTIME_FLAG_FILES_H_
#define WEBHOOKS_SERVER_RUNTIME_FLAG_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace webhooks {

// The flag that names such files: Abseil's own.
inline constexpr absl::string_view kFlagFile = "flagfile";

// The command line `words` with each --flagfile before everything else, since
// Abseil lets the later flag win. Sets the flags of the files on the way.
// INVALID_ARGUMENT, NOT_FOUND, ...: a file cannot be read, has a line that is
// no flag that there is or has a bad value, or names another file, which Abseil
// would follow without end where that is itself. Messages name the file and the
// line.
absl::StatusOr<std::vector<char*>> FlagFilesFirst(
    absl::Span<char* const> words);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_FLAG_FILES_H_
