#ifndef WEBHOOKS_SERVER_SERVICES_OPEN_STREAMS_H_
#define WEBHOOKS_SERVER_SERVICES_OPEN_STREAMS_H_

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"

namespace webhooks::server {

// The streams of a service that last as long as their client likes, so that a
// server that stops can end them instead of waiting. `Stream` has `void
// Stop()`, which ends it soon and may be called at any time until it is
// removed, more than once. Thread-safe.
template <typename Stream>
class OpenStreams {
 public:
  // Adds `stream`; stops it at once if Stop has been called.
  void Add(Stream& stream) {
    absl::MutexLock lock(&mutex_);
    streams_.insert(&stream);
    if (stopping_) stream.Stop();
  }

  void Remove(Stream& stream) {
    absl::MutexLock lock(&mutex_);
    streams_.erase(&stream);
  }

  // Calls `visit(stream)` for each; none is removed meanwhile.
  template <typename Visit>
  void ForEach(Visit visit) {
    absl::MutexLock lock(&mutex_);
    for (Stream* stream : streams_) visit(*stream);
  }

  // Stops every stream, those that are yet to come as well.
  void Stop() {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    for (Stream* stream : streams_) stream->Stop();
  }

 private:
  absl::Mutex mutex_;
  absl::flat_hash_set<Stream*> streams_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_OPEN_STREAMS_H_
