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

// Writes a line if `level` is on. Control characters in values are escaped, so
// no value can forge a line. Lines are flushed at once.
void Log(LogLevel level, absl::string_view message,
         std::initializer_list<LogField> fields = {});

// As Log at kInfo, for the one line that each request gets: buffered for at
// most a second, since a write for each request would cost more than most
// requests do. FlushLog, and any other line, writes what is waiting.
void LogRequest(std::initializer_list<LogField> fields);
void FlushLog();

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_LOG_H_
