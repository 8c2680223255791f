#include "server/runtime/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <string>

#include "absl/strings/match.h"
#include "server/runtime/log.h"

namespace webhooks {
namespace {

// A line that comes before the end of the process is an error: it is written
// before the process ends.
LogLevel LevelOf(const gpr_log_func_args& args) {
  if (absl::StartsWith(args.message, "assertion failed")) {
    return LogLevel::kError;
  }
  // Whoever connects can cause it, as often as they like.
  if (absl::StartsWith(args.message, "Handshake failed")) {
    return LogLevel::kDebug;
  }
  return args.severity == GPR_LOG_SEVERITY_ERROR ? LogLevel::kWarning
                                                 : LogLevel::kDebug;
}

LogLevel LevelOf(google::protobuf::LogLevel level) {
  // Its errors are the faults of messages that were sent to us.
  return level == google::protobuf::LOGLEVEL_FATAL ? LogLevel::kError
                                                   : LogLevel::kDebug;
}

void LogGrpc(gpr_log_func_args* args) {
  Log(LevelOf(*args), "grpc", {{"text", args->message}});
}

void LogProtobuf(google::protobuf::LogLevel level, const char*, int,
                 const std::string& message) {
  Log(LevelOf(level), "protobuf", {{"text", message}});
}

}  // namespace

void RouteLibraryLogs() {
  gpr_set_log_function(&LogGrpc);
  google::protobuf::SetLogHandler(&LogProtobuf);
}

}  // namespace webhooks
