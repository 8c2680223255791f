#ifndef WEBHOOKS_SERVER_SERVICES_OPEN_STREAMS_H_
#define WEBHOOKS_SERVER_SERVICES_OPEN_STREAMS_H_

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "server/call/calls_in_flight.h"
#include "server/runtime/client_address.h"

namespace webhooks::server {

// The open streams of a service, so that a server that stops can end them.
// `Stream` has a `void Stop()` that ends it soon, and that may be called
// several times until the stream is removed. Thread-safe.
template <typename Stream>
class OpenStreams {
 public:
  // Limits the streams of each client address, since they need no key. Streams
  // on unix sockets are not limited.
  explicit OpenStreams(int max_per_client) : places_(max_per_client) {}

  // Returns the place of a stream of `peer`, gRPC's name of the client, to hold
  // until the stream ends; null if the client has too many.
  CallsInFlight::Place Take(absl::string_view peer) {
    const std::string client = ClientAddressOfPeer(peer);
    if (client.empty()) return std::make_shared<bool>();
    return places_.Take(client);
  }

  // Adds `stream`, and stops it if Stop was called.
  void Add(Stream& stream) {
    absl::MutexLock lock(&mutex_);
    streams_.insert(&stream);
    if (stopping_) stream.Stop();
  }

  void Remove(Stream& stream) {
    absl::MutexLock lock(&mutex_);
    streams_.erase(&stream);
  }

  // Calls `visit(stream)` for each stream; Remove waits meanwhile.
  template <typename Visit>
  void ForEach(Visit visit) {
    absl::MutexLock lock(&mutex_);
    for (Stream* stream : streams_) visit(*stream);
  }

  // Stops every stream, including future ones.
  void Stop() {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    for (Stream* stream : streams_) stream->Stop();
  }

 private:
  CallsInFlight places_;
  absl::Mutex mutex_;
  absl::flat_hash_set<Stream*> streams_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_OPEN_STREAMS_H_
