#ifndef WEBHOOKS_SERVER_CALL_CALL_RECORD_H_
#define WEBHOOKS_SERVER_CALL_CALL_RECORD_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/call/call_observer.h"
#include "server/runtime/trace_context.h"
#include "storage/call.h"

namespace grpc {
class ServerContextBase;
}

namespace webhooks::server {

struct Decision;

// The value of the metadata entry `key` of a call, or "" if there is none or
// more than one. A view into `context`.
absl::string_view SingleEntry(const grpc::ServerContextBase& context,
                              const char* key);

// Writes the log line and the metrics of one call, and the metadata that its
// answer carries: the request id, and the project whose call it was.
class CallRecord {
 public:
  // Begins with the call, whose `rpc` is "package.Service/Method" (of which the
  // line holds at most 256 bytes). Both others must outlive this.
  CallRecord(absl::string_view rpc, grpc::ServerContextBase& context,
             CallObserver& observer);
  ~CallRecord();

  CallRecord(const CallRecord&) = delete;
  CallRecord& operator=(const CallRecord&) = delete;

  // The connection that the call came by; null if nobody watches it.
  const CallConnection* connection() const { return connection_.get(); }

  // The call's own span: of the caller's trace, or of a new one.
  const Span& span() const { return span_; }

  // Returns the trace that work which follows from the call continues.
  TraceHeaders trace() const { return {span_.Traceparent(), span_.tracestate}; }

  // Tells what was decided of the call: its project, and what the caller is
  // told of the project's rate. At most once, and before anything is written to
  // the caller.
  void SetDecision(const Decision& decision);

  // A message of so many bytes was read.
  void MessageIsRead(std::size_t bytes) const;

  // The call was cancelled.
  void Cancelled() const;

  // Writes the call's one line, and tells the observer: it ends with `status`.
  void End(const absl::Status& status) const;

 private:
  grpc::ServerContextBase& context_;
  CallObserver& observer_;
  const std::string rpc_;
  const std::chrono::steady_clock::time_point start_;
  const std::string request_id_;
  const Span span_;
  // Null if nobody watches it.
  const std::shared_ptr<CallConnection> connection_;
  std::atomic<bool> is_known_ = false;
  std::string project_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALL_RECORD_H_
