#ifndef WEBHOOKS_STORAGE_CALL_H_
#define WEBHOOKS_STORAGE_CALL_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

// Types that the calls of a store share.
namespace webhooks {

// Receives the result of one call, exactly once: on a thread of the store, or
// on the caller's thread before the call returns. It must not block. It may
// call the store unless the store's destructor has begun.
template <typename T>
using Done = absl::AnyInvocable<void(absl::StatusOr<T>) &&>;

// Done of a call without a result.
using DoneStatus = absl::AnyInvocable<void(absl::Status) &&>;

// The headers of a position in a trace
// (https://www.w3.org/TR/trace-context-1/). "" if there is none.
struct TraceHeaders {
  std::string traceparent;
  std::string tracestate;
};

// The deadline and cancellation of a call. They end a call that has not begun;
// a call that has begun runs to its end.
struct CallOptions {
  absl::Time deadline = absl::InfiniteFuture();
  // Set by the caller to cancel the call. Null if it never cancels.
  std::shared_ptr<const std::atomic<bool>> cancelled = nullptr;
  // The trace that the deliveries of published events continue. Null if none.
  std::shared_ptr<const TraceHeaders> trace = nullptr;
  // True if the calling thread may block until the call is done. The store may
  // then perform a write on that thread, if no other call waits, and complete
  // it before the call returns. This saves two thread switches, which cost a
  // lone call about as much as an fsync of a fast disk.
  bool may_block = false;
};

// Returns OK if a call may begin. CANCELLED, DEADLINE_EXCEEDED: its caller no
// longer waits.
absl::Status CheckMayBegin(const CallOptions& options);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_CALL_H_
