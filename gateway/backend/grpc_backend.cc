#include "gateway/backend/grpc_backend.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "gateway/backend/call_status.h"
#include "gateway/backend/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/byte_buffer.h"
#include "proto/rpc/status.h"
#include "server/runtime/log.h"

namespace webhooks::gateway {
namespace {

constexpr std::size_t kLargestAnswer = 8 << 20;

using Serialization = grpc::SerializationTraits<google::protobuf::Message>;

}  // namespace

// One call, kept alive by its completion and by whoever may cancel it.
struct GrpcBackend::State {
  void Cancel() ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    if (in_progress) context->TryCancel();
  }

  // Lets go of all that belongs to gRPC. It ends its threads with the last
  // channel, so one of them must not be what drops it.
  void Release() ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    in_progress = false;
    context.reset();
    stubs.reset();
  }

  Call call;
  Done done;
  // Where the call was made; they outlive it.
  std::shared_ptr<const Stubs> stubs;
  std::optional<grpc::ClientContext> context{std::in_place};
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  absl::Mutex mutex;
  bool in_progress ABSL_GUARDED_BY(mutex) = true;
};

GrpcBackend::GrpcBackend(const std::string& target, int connections,
                         const TlsWatch* tls, const std::string& tls_name)
    : target_(target),
      connections_(connections),
      tls_(tls),
      tls_name_(tls_name),
      reachability_(connections) {}

GrpcBackend::~GrpcBackend() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int* calls) { return *calls == 0; }, &calls_));
}

std::shared_ptr<const GrpcBackend::Stubs> GrpcBackend::CurrentStubs() {
  auto material = tls_ == nullptr ? nullptr : tls_->current();
  absl::MutexLock lock(&mutex_);
  if (stubs_ == nullptr || material != material_) {
    auto stubs = std::make_shared<Stubs>();
    for (int i = 0; i < connections_; ++i) {
      stubs->push_back(std::make_unique<grpc::GenericStub>(
          MakeChannel(target_, material.get(), tls_name_)));
    }
    stubs_ = std::move(stubs);
    material_ = std::move(material);
  }
  return stubs_;
}

Backend::Cancel GrpcBackend::Start(Call call, Done done) {
  auto state = std::make_shared<State>();
  state->call = std::move(call);
  state->done = std::move(done);
  {
    absl::MutexLock lock(&mutex_);
    ++calls_;
  }
  bool ignored_ownership;
  const grpc::Status serialized = Serialization::Serialize(
      *state->call.request, &state->request, &ignored_ownership);
  if (!serialized.ok()) {
    Finish(*state, {CallStatus(serialized), nullptr, {}});
    return [] {};
  }
  for (const auto& [key, value] : state->call.metadata) {
    state->context->AddMetadata(key, value);
  }
  state->context->set_deadline(
      absl::ToChronoTime(absl::Now() + state->call.timeout));
  state->stubs = CurrentStubs();
  const std::size_t connection =
      next_stub_.fetch_add(1, std::memory_order_relaxed) % state->stubs->size();
  (*state->stubs)[connection]->UnaryCall(
      &*state->context, state->call.rpc_path, {}, &state->request,
      &state->response, [this, state, connection](const grpc::Status& status) {
        End(*state, connection, status);
      });
  return [state] { state->Cancel(); };
}

void GrpcBackend::End(State& state, std::size_t connection,
                      const grpc::Status& status) {
  Reply reply = ReadReply(state, status);
  const bool is_lost = Reason(reply.status) == kServerUnreachable;
  // Details are the server's own; other errors may be the transport's and tell
  // nothing.
  if (is_lost || status.ok() || !status.error_details().empty()) {
    switch (reachability_.Note(connection, !is_lost)) {
      case Reachability::Change::kLost:
        Log(LogLevel::kWarning, "cannot reach the server",
            {{"target", target_}});
        break;
      case Reachability::Change::kFound:
        Log(LogLevel::kInfo, "server reached again", {{"target", target_}});
        break;
      case Reachability::Change::kNone:
        break;
    }
  }
  Finish(state, std::move(reply));
}

Backend::Reply GrpcBackend::ReadReply(State& state,
                                      const grpc::Status& status) {
  Reply reply;
  reply.status = CallStatus(status);
  if (status.ok() && state.response.Length() > kLargestAnswer) {
    reply.status = CallStatus(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                           "the answer is too long"));
  } else if (status.ok()) {
    reply.status = CallStatus(
        Serialization::Deserialize(&state.response, state.call.response.get()));
  }
  reply.response = std::move(state.call.response);
  for (const auto& [key, value] : state.context->GetServerInitialMetadata()) {
    reply.metadata.emplace(std::string(key.data(), key.size()),
                           std::string(value.data(), value.size()));
  }
  return reply;
}

void GrpcBackend::Finish(State& state, Reply reply) {
  std::exchange(state.done, nullptr)(std::move(reply));
  state.Release();
  absl::MutexLock lock(&mutex_);
  --calls_;
}

}  // namespace webhooks::gateway
