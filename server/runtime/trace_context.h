#ifndef WEBHOOKS_SERVER_RUNTIME_TRACE_CONTEXT_H_
#define WEBHOOKS_SERVER_RUNTIME_TRACE_CONTEXT_H_

#include <string>

#include "absl/strings/string_view.h"

// Traces across processes, as https://www.w3.org/TR/trace-context-1/ has them.
namespace webhooks {

// The headers and metadata keys that a trace is handed on in.
inline constexpr absl::string_view kTraceparentMetadata = "traceparent";
inline constexpr absl::string_view kTracestateMetadata = "tracestate";

// One span: a call, a request or an attempt, and where it stands in its trace.
// Ids are lower-case hexadecimal.
struct Span {
  // 32 digits; "": none, of a span that was not begun.
  std::string trace_id;
  // 16 digits, its own.
  std::string span_id;
  // The span that it is part of; "": the trace begins with it.
  std::string parent_id;
  // True if the trace is being recorded, according to whoever began it.
  bool is_sampled = true;
  // The entries that others keep with the trace; as they came.
  std::string tracestate;

  // The header for what follows from this span; "" where there is no trace.
  std::string Traceparent() const;
};

// A span of the trace that the header `traceparent` names, or of a new one
// where that is malformed or empty. `tracestate` goes on with the trace if it
// is well-formed and at most 512 bytes long.
Span BeginSpan(absl::string_view traceparent, absl::string_view tracestate);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_TRACE_CONTEXT_H_
