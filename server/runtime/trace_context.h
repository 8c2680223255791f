#ifndef WEBHOOKS_SERVER_RUNTIME_TRACE_CONTEXT_H_
#define WEBHOOKS_SERVER_RUNTIME_TRACE_CONTEXT_H_

#include <string>

#include "absl/strings/string_view.h"

// W3C Trace Context (https://www.w3.org/TR/trace-context-1/).
namespace webhooks {

// The headers and metadata keys that propagate a trace.
inline constexpr absl::string_view kTraceparentMetadata = "traceparent";
inline constexpr absl::string_view kTracestateMetadata = "tracestate";

// A span of a trace: a call, a request or an attempt. Ids are lower-case
// hexadecimal.
struct Span {
  // 32 digits; "" if there is no span.
  std::string trace_id;
  // 16 digits.
  std::string span_id;
  // The parent span; "" if this is the first span of the trace.
  std::string parent_id;
  // The sampled flag of the caller.
  bool is_sampled = true;
  // Passed on unchanged.
  std::string tracestate;

  // Returns the header for calls within this span; "" if there is no span.
  std::string Traceparent() const;
};

// Starts a span in the trace of the header `traceparent`, or in a new trace if
// that is malformed or empty. Keeps `tracestate` if it is well-formed and at
// most 512 bytes long.
Span StartSpan(absl::string_view traceparent, absl::string_view tracestate);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_TRACE_CONTEXT_H_
