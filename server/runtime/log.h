#ifndef WEBHOOKS_SERVER_RUNTIME_LOG_H_
#define WEBHOOKS_SERVER_RUNTIME_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// The process's log: one line per event on standard output, as text
// ("2024-10-01T12:00:00.000Z info listening address=127.0.0.1:50051") or as a
// JSON object. Thread-safe.
namespace webhooks {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// A "name=value" of a line, omitted if the value is "". Values must not contain
// keys, secrets or bodies. Fractions are cut at three digits.
struct LogField {
  absl::string_view name;
  std::variant<absl::string_view, std::int64_t, double> value;
};

// Returns a time as lines have it: "2024-10-01T12:00:00.000Z".
std::string LogTime(absl::Time time);

// Sets the minimum `level` (debug, info, warning, error) and the `format`
// (text, json); initially info and text. INVALID_ARGUMENT names a bad value and
// changes nothing.
absl::Status ConfigureLog(absl::string_view level, absl::string_view format);

// Adds a line if `level` is enabled; a thread writes it at once. Blocks only at
// kError, until the line is written or a second has passed. Drops and counts
// lines if the output is not read. Escapes control characters in values, so
// that no value can forge a line.
void Log(LogLevel level, absl::string_view message,
         std::initializer_list<LogField> fields = {});

// Like Log, for the line of each request, event or delivery. The line may wait
// up to 200 ms to share a write with others.
void LogEach(LogLevel level, absl::string_view message,
             std::initializer_list<LogField> fields);

// Waits until every line so far is written, at most a second. Call it at the
// end of the process.
void FlushLog();

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_LOG_H_
