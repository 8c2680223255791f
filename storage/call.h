#ifndef WEBHOOKS_STORAGE_CALL_H_
#define WEBHOOKS_STORAGE_CALL_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

// Types that the calls of a store have in common.
namespace webhooks {

// Takes the outcome of one call, exactly once: on a thread of the store, or on
// the caller's before the call returns. It must not block, and it may call the
// store unless the store's destructor has begun.
template <typename T>
using Done = absl::AnyInvocable<void(absl::StatusOr<T>) &&>;

// Done of a call without a result.
using DoneStatus = absl::AnyInvocable<void(absl::Status) &&>;

// Where in a trace something stands (https://www.w3.org/TR/trace-context-1/):
// the headers that what follows from it goes on with. "": none.
struct TraceHeaders {
  std::string traceparent;
  std::string tracestate;
};

// The time for which a caller waits, and a way for it to stop earlier. A call
// that has not begun when its caller stops waiting ends with DEADLINE_EXCEEDED
// or CANCELLED and does nothing; one that has begun runs to its end.
struct CallOptions {
  absl::Time deadline = absl::InfiniteFuture();
  // Set by the caller once it no longer waits; null: it always does.
  std::shared_ptr<const std::atomic<bool>> cancelled = nullptr;
  // Goes on with the events that the call publishes; null: there is none.
  std::shared_ptr<const TraceHeaders> trace = nullptr;
  // True if the calling thread may block until the call is done. The store may
  // then perform a call that changes something on that thread, if nothing else
  // waits, and complete it before the call returns. Two changes of threads cost
  // a lone call about as much as an fsync of a fast disk.
  bool may_block = false;
};

// A SHA-256.
using Digest = std::array<std::uint8_t, 32>;

// Makes repeats of a call that creates one call: the first is performed and its
// answer is kept until kKept after it, in the transaction that performs it; a
// later one with the same `key` and `request` ends with that answer and changes
// nothing. ALREADY_EXISTS (REQUEST_ID_REUSED): the same `key`, another
// `request`; nothing is changed. Only answers that are OK are kept.
struct Idempotency {
  static constexpr absl::Duration kKept = absl::Hours(24);

  // Of the caller's key and whose it is, so that nobody meets another's.
  Digest key;
  // Of what is asked for.
  Digest request;
  // The project that the call works on, with which the answer goes; "": none.
  std::string project;
  // When the call is made.
  absl::Time now;
  // The status that the call ends with, doing nothing, if no answer is kept for
  // it: for a call that may only be made as a repeat. OK: it is performed.
  absl::Status otherwise = absl::OkStatus();
};

// The result of a call that creates something.
template <typename T>
struct Created {
  T answer;
  // True if `answer` is that of an earlier call with the same Idempotency.
  bool replayed = false;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_CALL_H_
