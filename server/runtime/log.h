#ifndef WEBHOOKS_SERVER_RUNTIME_LOG_H_
#define WEBHOOKS_SERVER_RUNTIME_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// The process's log: one line an event on standard output, as text
// ("2024-10-01T12:00:00.000Z info listening address=127.0.0.1:50051") or as one
// JSON object a line. Thread-safe.
namespace webhooks {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// One "name=value" of a line, left out where the value is "". Values hold no
// keys, secrets or bodies; fractions are cut at three digits.
struct LogField {
  absl::string_view name;
  std::variant<absl::string_view, std::int64_t, double> value;
};

// Sets what is logged from `level` (debug, info, warning, error) and `format`
// (text, json). INVALID_ARGUMENT names the bad one and changes nothing. Until
// it is called the log is text from info.
absl::Status ConfigureLog(absl::string_view level, absl::string_view format);

// Adds a line if `level` is on; a thread writes it at once. Waits for nobody,
// but at kError for the line to be written, at most a second. Where the output
// is not read, lines are dropped and counted. Control characters in values are
// escaped, so no value can forge a line.
void Log(LogLevel level, absl::string_view message,
         std::initializer_list<LogField> fields = {});

// Does the same as Log at kInfo, for the one line that each request or attempt
// gets: it waits for at most 200 ms for others to share its write.
void LogEach(absl::string_view message, std::initializer_list<LogField> fields);

// Waits until every line so far is written, at most a second. For the end of
// the process.
void FlushLog();

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_LOG_H_
