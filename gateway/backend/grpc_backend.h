#ifndef WEBHOOKS_GATEWAY_BACKEND_GRPC_BACKEND_H_
#define WEBHOOKS_GATEWAY_BACKEND_GRPC_BACKEND_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "gateway/backend/backend.h"
#include "gateway/backend/reachability.h"
#include "grpcpp/generic/generic_stub.h"
#include "server/runtime/tls_watch.h"

namespace webhooks::gateway {

// A Backend over gRPC, in plain text or in TLS. A server that is lost makes
// calls fail at once (UNAVAILABLE) instead of wait; the connection comes back
// by itself within about a second of the server. The log has a line when calls
// begin to fail so, and one when the server answers again.
class GrpcBackend : public Backend {
 public:
  // `target` is any that gRPC resolves; calls take turns on `connections`
  // connections to it. `tls` is null for plain text, else it must outlive this:
  // when it changes, new calls go by new connections, and calls in progress end
  // on theirs. `tls_name` as MakeChannel has it.
  GrpcBackend(const std::string& target, int connections,
              const TlsWatch* tls = nullptr, const std::string& tls_name = "");
  // Waits for the calls in progress to end: cancel them first.
  ~GrpcBackend() override;

  Cancel Start(Call call, Done done) override;

 private:
  struct State;
  using Stubs = std::vector<std::unique_ptr<grpc::GenericStub>>;

  std::shared_ptr<const Stubs> CurrentStubs() ABSL_LOCKS_EXCLUDED(mutex_);
  void End(State& state, std::size_t connection, const grpc::Status& status);
  static Reply ReadReply(State& state, const grpc::Status& status);
  void Finish(State& state, Reply reply);

  const std::string target_;
  const int connections_;
  const TlsWatch* const tls_;
  const std::string tls_name_;
  Reachability reachability_;
  std::atomic<std::size_t> next_stub_{0};
  absl::Mutex mutex_;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const Stubs> stubs_ ABSL_GUARDED_BY(mutex_);
  // What `stubs_` were made by.
  std::shared_ptr<const TlsMaterial> material_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_GRPC_BACKEND_H_
