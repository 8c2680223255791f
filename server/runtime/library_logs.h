#ifndef WEBHOOKS_SERVER_RUNTIME_LIBRARY_LOGS_H_
#define WEBHOOKS_SERVER_RUNTIME_LIBRARY_LOGS_H_

namespace webhooks {

// Makes the log lines of gRPC and protobuf ours, so that standard error holds
// no more than the one line of a failed start: what ends the process as an
// error, other errors of gRPC as warnings, the rest at debug. Call it in main
// before either is used.
void RouteLibraryLogs();

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_LIBRARY_LOGS_H_
