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

namespace webhooks::gateway {

// A Backend over plaintext gRPC. A server that is lost makes calls fail at once
// (UNAVAILABLE) instead of wait; the connection comes back by itself within
// about a second of the server. The log has a line when calls begin to fail so,
// and one when the server answers again.
class GrpcBackend : public Backend {
 public:
  // `target` is any that gRPC resolves; calls take turns on `connections`
  // connections to it.
  GrpcBackend(const std::string& target, int connections);
  // Waits for the calls in progress to end: cancel them first.
  ~GrpcBackend() override;

  Cancel Start(Call call, Done done) override;

 private:
  struct State;

  void End(State& state, std::size_t connection, const grpc::Status& status);
  static Reply ReadReply(State& state, const grpc::Status& status);
  void Finish(State& state, Reply reply);

  const std::string target_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  Reachability reachability_;
  std::atomic<std::size_t> next_stub_{0};
  absl::Mutex mutex_;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_GRPC_BACKEND_H_
