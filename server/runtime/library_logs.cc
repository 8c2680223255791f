#include "server/runtime/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <string>

#include "server/runtime/log.h"

namespace webhooks {
namespace {

void LogGrpc(gpr_log_func_args* args) {
  const LogLevel level = args->severity == GPR_LOG_SEVERITY_ERROR
                             ? LogLevel::kWarning
                             : LogLevel::kDebug;
  Log(level, "grpc", {{"text", args->message}});
}

void LogProtobuf(google::protobuf::LogLevel level, const char*, int,
                 const std::string& message) {
  Log(level >= google::protobuf::LOGLEVEL_ERROR ? LogLevel::kWarning
                                                : LogLevel::kDebug,
      "protobuf", {{"text", message}});
}

}  // namespace

void RouteLibraryLogs() {
  gpr_set_log_function(&LogGrpc);
  google::protobuf::SetLogHandler(&LogProtobuf);
}

}  // namespace webhooks
