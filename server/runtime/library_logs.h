#ifndef WEBHOOKS_SERVER_RUNTIME_LIBRARY_LOGS_H_
#define WEBHOOKS_SERVER_RUNTIME_LIBRARY_LOGS_H_

namespace webhooks {

// Redirects the log lines of gRPC and protobuf to Log, so that standard error
// has only the line of a failed start. Lines before the end of the process
// become errors, other errors of gRPC warnings, and the rest debug lines. Call
// it in main before either library is used.
void RouteLibraryLogs();

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_LIBRARY_LOGS_H_
