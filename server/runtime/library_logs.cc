#include "server/runtime/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <string>

#include "absl/strings/match.h"
#include "server/runtime/log.h"

namespace webhooks {
namespace {

// A line before the end of the process is logged as an error, which is written
// at once.
LogLevel LevelOf(const gpr_log_func_args& args) {
  if (absl::StartsWith(args.message, "assertion failed")) {
    return LogLevel::kError;
  }
  // Every client can cause this line, any number of times.
  if (absl::StartsWith(args.message, "Handshake failed")) {
    return LogLevel::kDebug;
  }
  return args.severity == GPR_LOG_SEVERITY_ERROR ? LogLevel::kWarning
                                                 : LogLevel::kDebug;
}

LogLevel LevelOf(google::protobuf::LogLevel level) {
  // The errors of protobuf are about malformed messages of clients.
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
