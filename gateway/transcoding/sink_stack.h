#ifndef WEBHOOKS_GATEWAY_TRANSCODING_SINK_STACK_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_SINK_STACK_H_

#include <cstddef>

#include "absl/container/inlined_vector.h"
#include "proto/json/json_sink.h"

namespace webhooks::gateway {

// The sinks of the values that are open, outermost first: each takes the events
// of one value, until that value ends.
class SinkStack {
 public:
  JsonSink& top() { return *levels_.back().sink; }

  // Makes `sink` the top for the rest of the value that is being read. A sink
  // calls this when a container begins in it that another sink shall take.
  // `sink` must outlive the stack.
  void Push(JsonSink& sink) { levels_.push_back({&sink, depth_}); }

  // A container began, or ended; the latter removes the top if that container
  // was its value. The first sink stays.
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
