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

// Returns the value of the metadata entry `key` of a call, or "" if there is
// none or more than one. A view into `context`.
absl::string_view SingleEntry(const grpc::ServerContextBase& context,
                              const char* key);

// Writes the log line and the metrics of one call, and the metadata of its
// answer: the request id, the project, and its rate limit.
class CallRecord {
 public:
  // `rpc` is "package.Service/Method"; the log line has at most 256 bytes of
  // it. `context` and `observer` must outlive this.
  CallRecord(absl::string_view rpc, grpc::ServerContextBase& context,
             CallObserver& observer);
  ~CallRecord();

  CallRecord(const CallRecord&) = delete;
  CallRecord& operator=(const CallRecord&) = delete;

  // Returns the connection of the call; null if it is not watched.
  const CallConnection* connection() const { return connection_.get(); }

  // Returns the call's own span, in the caller's trace or a new one.
  const Span& span() const { return span_; }

  // Returns the trace headers for work that continues after the call.
  TraceHeaders trace() const { return {span_.Traceparent(), span_.tracestate}; }

  // Sets the project, and adds its id and rate limit to the answer's metadata.
  // Call it at most once, before the answer is sent.
  void SetDecision(const Decision& decision);

  void OnMessageRead(std::size_t bytes) const;

  void OnCancelled() const;

  // Writes the log line of the call, which ends with `status`, and notifies the
  // observer. Call it once.
  void Finish(const absl::Status& status) const;

 private:
  grpc::ServerContextBase& context_;
  CallObserver& observer_;
  const std::string rpc_;
  const std::chrono::steady_clock::time_point start_;
  const std::string request_id_;
  const Span span_;
  // Null if it is not watched.
  const std::shared_ptr<CallConnection> connection_;
  std::atomic<bool> is_known_ = false;
  bool is_admin_ = false;
  std::string project_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALL_RECORD_H_
