#include "server/runtime/log.h"

#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "proto/json/utf8.h"
#include "server/runtime/log_writer.h"

namespace webhooks {
namespace {

constexpr std::pair<absl::string_view, LogLevel> kLevels[] = {
    {"debug", LogLevel::kDebug},
    {"info", LogLevel::kInfo},
    {"warning", LogLevel::kWarning},
    {"error", LogLevel::kError},
};

std::atomic<bool> log_as_json{false};
std::atomic<LogLevel> lowest_level{LogLevel::kInfo};

constexpr std::size_t kMaxWaitingBytes = std::size_t{4} << 20;
constexpr absl::Duration kFlushTimeout = absl::Seconds(1);

absl::string_view LevelName(LogLevel level) {
  return kLevels[static_cast<int>(level)].first;
}

// Appends `text` escaped for a JSON string; keeps bytes above 0x7f.
void AppendEscaped(std::string& line, absl::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      line.push_back('\\');
      line.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      absl::StrAppendFormat(&line, "\\u%04x", static_cast<unsigned char>(c));
    } else {
      line.push_back(c);
    }
  }
}

void AppendQuoted(std::string& line, absl::string_view text) {
  line.push_back('"');
  AppendEscaped(line, text);
  line.push_back('"');
}

bool IsEmpty(const LogField& field) {
  const auto* text = std::get_if<absl::string_view>(&field.value);
  return text != nullptr && text->empty();
}

bool NeedsQuotes(absl::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '\\' ||
        c == '=' || c == 0x7f) {
      return true;
    }
  }
  return false;
}

void AppendText(std::string& line, absl::string_view text, bool quoted) {
  if (quoted) return AppendQuoted(line, text);
  absl::StrAppend(&line, text);
}

void AppendValue(std::string& line, const LogField& field, bool json) {
  std::visit(
      [&](const auto& value) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, double>) {
          absl::StrAppendFormat(&line, "%.3f", value);
        } else if constexpr (std::is_same_v<Value, std::int64_t>) {
          absl::StrAppend(&line, value);
        } else {
          AppendText(line, value, json || NeedsQuotes(value));
        }
      },
      field.value);
}

std::string JsonLine(absl::string_view time, LogLevel level,
                     absl::string_view message,
                     std::initializer_list<LogField> fields) {
  std::string line = absl::StrCat("{\"time\":\"", time, "\",\"level\":\"",
                                  LevelName(level), "\",\"message\":");
  AppendQuoted(line, message);
  for (const LogField& field : fields) {
    if (IsEmpty(field)) continue;
    absl::StrAppend(&line, ",\"", field.name, "\":");
    AppendValue(line, field, /*json=*/true);
  }
  line.push_back('}');
  return line;
}

std::string TextLine(absl::string_view time, LogLevel level,
                     absl::string_view message,
                     std::initializer_list<LogField> fields) {
  std::string line = absl::StrCat(time, " ", LevelName(level), " ");
  AppendEscaped(line, message);
  for (const LogField& field : fields) {
    if (IsEmpty(field)) continue;
    absl::StrAppend(&line, " ", field.name, "=");
    AppendValue(line, field, /*json=*/false);
  }
  return line;
}

// Replaces invalid UTF-8, since values may come from clients.
std::string Line(LogLevel level, absl::string_view message,
                 std::initializer_list<LogField> fields) {
  const std::string time = LogTime(absl::Now());
  return ReplaceInvalidUtf8(log_as_json.load(std::memory_order_relaxed)
                                ? JsonLine(time, level, message, fields)
                                : TextLine(time, level, message, fields));
}

std::string DroppedLine(std::size_t count) {
  return Line(LogLevel::kWarning, "log lines dropped",
              {{"count", static_cast<std::int64_t>(count)}});
}

// Never destroyed, since threads may log until the process ends.
LogWriter& Writer() {
  static LogWriter& writer = *[] {
    std::atexit(&FlushLog);
    return new LogWriter(STDOUT_FILENO, kMaxWaitingBytes, &DroppedLine);
  }();
  return writer;
}

void Write(LogLevel level, absl::string_view message,
           std::initializer_list<LogField> fields, bool urgent) {
  if (level < lowest_level.load(std::memory_order_relaxed)) return;
  Writer().Add(Line(level, message, fields), urgent);
}

}  // namespace

std::string LogTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

absl::Status ConfigureLog(absl::string_view level, absl::string_view format) {
  if (format != "text" && format != "json") {
    return absl::InvalidArgumentError(
        absl::StrCat("--log_format must be text or json, not '", format, "'"));
  }
  for (const auto& [name, value] : kLevels) {
    if (name != level) continue;
    lowest_level = value;
    log_as_json = format == "json";
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--log_level must be debug, info, warning or error, not '", level, "'"));
}

void Log(LogLevel level, absl::string_view message,
         std::initializer_list<LogField> fields) {
  Write(level, message, fields, /*urgent=*/true);
  // The process may end after an error.
  if (level == LogLevel::kError) FlushLog();
}

void LogEach(LogLevel level, absl::string_view message,
             std::initializer_list<LogField> fields) {
  Write(level, message, fields, /*urgent=*/false);
}

void FlushLog() { Writer().Flush(kFlushTimeout); }

}  // namespace webhooks
