#ifndef WEBHOOKS_GATEWAY_TRANSCODING_SINK_STACK_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_SINK_STACK_H_

#include <cstddef>

#include "absl/container/inlined_vector.h"
#include "proto/json/json_sink.h"

namespace webhooks::gateway {

// A stack of sinks. Each takes the events of one JSON value until that value
// ends; the first takes the rest.
class SinkStack {
 public:
  JsonSink& top() { return *levels_.back().sink; }

  // Makes `sink` the top until the end of the container that is beginning. A
  // sink calls this in BeginObject or BeginArray to pass the container on.
  // `sink` must outlive the stack.
  void Push(JsonSink& sink) { levels_.push_back({&sink, depth_}); }

  // Record the begin and the end of a container. Leave removes the top at the
  // end of its container, but not the first sink.
  void Enter() { ++depth_; }
  void Leave() {
    --depth_;
    if (levels_.back().depth == depth_ && levels_.size() > 1) {
      levels_.pop_back();
    }
  }

 private:
  struct Level {
    JsonSink* sink;
    // The number of containers around its value.
    std::size_t depth;
  };

  absl::InlinedVector<Level, 2> levels_;
  std::size_t depth_ = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_SINK_STACK_H_
