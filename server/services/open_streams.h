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

// The streams of a service that last as long as their client likes, so that a
// server that stops can end them instead of waiting. `Stream` has `void
// Stop()`, which ends it soon and may be called at any time until it is
// removed, more than once. Thread-safe.
template <typename Stream>
class OpenStreams {
 public:
  // Of one client (see ClientAddress) `most_of_client` at most: they need no
  // key. Those of unix sockets are not counted.
  explicit OpenStreams(int most_of_client) : places_(most_of_client) {}

  // The place of a stream of the peer, as gRPC names it, to be kept until it
  // ends; null: its client has as many as it may.
  CallsInFlight::Place Take(absl::string_view peer) {
    const std::string client = ClientAddressOfPeer(peer);
    if (client.empty()) return std::make_shared<bool>();
    return places_.Take(client);
  }

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
  CallsInFlight places_;
  absl::Mutex mutex_;
  absl::flat_hash_set<Stream*> streams_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_OPEN_STREAMS_H_
