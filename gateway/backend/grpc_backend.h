#ifndef WEBHOOKS_GATEWAY_BACKEND_GRPC_BACKEND_H_
#define WEBHOOKS_GATEWAY_BACKEND_GRPC_BACKEND_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gateway/backend/backend.h"
#include "gateway/backend/reachability.h"
#include "grpcpp/support/status.h"
#include "server/runtime/tls_watch.h"

namespace webhooks::gateway {

// A Backend over gRPC, in plain text or TLS. A call that cannot be sent waits
// up to `reconnect_timeout` for a server that restarts. After that the server
// counts as lost, and calls fail at once (UNAVAILABLE) until it is back, which
// is noticed within about a second. The log has a line with the cause when the
// server is lost, one for each further cause, and one when it is back. A call
// that may have been sent is never sent again.
class GrpcBackend : public Backend {
 public:
  static constexpr absl::Duration kReconnectTimeout = absl::Seconds(2);

  // `target` is any target that gRPC resolves; calls take turns on
  // `connections` connections to it. `tls` is null for plain text, else it must
  // outlive this. When it changes, new calls use new connections, and calls in
  // progress end on the old ones. `tls_name` is that of MakeChannel.
  GrpcBackend(const std::string& target, int connections,
              const TlsWatch* tls = nullptr, const std::string& tls_name = "",
              absl::Duration reconnect_timeout = kReconnectTimeout);
  // Waits for the calls in progress to end: cancel them first.
  ~GrpcBackend() override;

  Cancel Start(Call call, Done done) override;

 private:
  struct Connection;
  struct State;
  using Connections = std::vector<std::unique_ptr<Connection>>;

  std::shared_ptr<const Connections> CurrentConnections()
      ABSL_LOCKS_EXCLUDED(mutex_);
  void Send(const std::shared_ptr<State>& state);
  // Makes the call on its connection of `connections`. If `waits`, the call
  // waits for the connection; if `is_timed`, at most reconnect_timeout_.
  void Make(const std::shared_ptr<State>& state,
            std::shared_ptr<const Connections> connections, bool waits,
            bool is_timed);
  void End(const std::shared_ptr<State>& state, const grpc::Status& status);
  // `cause` is the reason for which the server was not reached.
  void NoteReached(std::size_t connection, bool reached,
                   absl::string_view cause);
  static Reply ReadReply(State& state, const grpc::Status& status);
  void Finish(State& state, Reply reply);

  const std::string target_;
  const int connections_;
  const TlsWatch* const tls_;
  const std::string tls_name_;
  const absl::Duration reconnect_timeout_;
  Reachability reachability_;
  std::atomic<std::size_t> next_connection_{0};
  absl::Mutex mutex_;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const Connections> current_ ABSL_GUARDED_BY(mutex_);
  // The material that `current_` was made with.
  std::shared_ptr<const TlsMaterial> material_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_GRPC_BACKEND_H_
