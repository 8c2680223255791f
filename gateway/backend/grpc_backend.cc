#include "gateway/backend/grpc_backend.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "gateway/backend/call_status.h"
#include "gateway/backend/channel.h"
#include "gateway/errors.h"
#include "grpcpp/alarm.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/byte_buffer.h"
#include "proto/rpc/status.h"
#include "server/runtime/log.h"

namespace webhooks::gateway {
namespace {

constexpr std::size_t kLargestAnswer = 8 << 20;

using Serialization = grpc::SerializationTraits<google::protobuf::Message>;

}  // namespace

struct GrpcBackend::Connection {
  explicit Connection(std::shared_ptr<grpc::Channel> to_server)
      : channel(std::move(to_server)), stub(channel) {}

  const std::shared_ptr<grpc::Channel> channel;
  grpc::GenericStub stub;
};

// One call, kept alive by its completion and by its cancel function.
struct GrpcBackend::State {
  // Returns the context of the call, which waits for a connection if `waits`.
  grpc::ClientContext* Begin(std::shared_ptr<const Connections> made_on,
                             bool waits) ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    connections = std::move(made_on);
    context.emplace();
    for (const auto& [key, value] : call.metadata) {
      context->AddMetadata(key, value);
    }
    context->set_deadline(absl::ToChronoTime(deadline));
    context->set_wait_for_ready(waits);
    if (is_cancelled) context->TryCancel();
    return &*context;
  }

  void Cancel() ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    is_cancelled = true;
    if (context) context->TryCancel();
  }

  // Ends the call if it still waits for a connection.
  void EndWait() ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    if (!context) return;
    const auto& channel = (*connections)[connection]->channel;
    if (channel->GetState(false) == GRPC_CHANNEL_READY) return;
    is_unreachable = true;
    context->TryCancel();
  }

  // If the wait for a connection failed, returns the connections of the call,
  // the first time only; else null. The call is then repeated without a wait,
  // which ends with the cause.
  std::shared_ptr<const Connections> TakeFailedWait()
      ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    const auto& channel = (*connections)[connection]->channel;
    if (!is_unreachable || is_cancelled || has_asked_cause ||
        channel->GetState(false) != GRPC_CHANNEL_TRANSIENT_FAILURE) {
      return nullptr;
    }
    has_asked_cause = true;
    is_unreachable = false;
    return connections;
  }

  // Returns the cause for which the call with `status` found no server, for the
  // log.
  std::string CauseOf(const grpc::Status& status) ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    return is_unreachable ? "no connection in time" : status.error_message();
  }

  // gRPC returns the target as peer until it has passed the call to a
  // connection, and then the address of the connection. If the two may be the
  // same, the call counts as sent.
  bool WasSent() ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    const std::string peer = context->peer();
    return absl::StartsWith(peer, "ipv4:") || absl::StartsWith(peer, "ipv6:") ||
           absl::StartsWith(peer, "unix:");
  }

  bool cancelled() ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    return is_cancelled;
  }

  // Releases the objects of gRPC. gRPC ends its threads with the last channel,
  // so none of these threads may release it.
  void Release() ABSL_LOCKS_EXCLUDED(mutex) {
    absl::MutexLock lock(&mutex);
    alarm.reset();
    context.reset();
    connections.reset();
  }

  Call call;
  Done done;
  absl::Time deadline;
  bool was_sent_again = false;
  std::size_t connection = 0;
  std::optional<grpc::Alarm> alarm;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  absl::Mutex mutex;
  // The connections of the call, which outlive it.
  std::shared_ptr<const Connections> connections ABSL_GUARDED_BY(mutex);
  // Set while the call is in progress.
  std::optional<grpc::ClientContext> context ABSL_GUARDED_BY(mutex);
  bool is_cancelled ABSL_GUARDED_BY(mutex) = false;
  bool is_unreachable ABSL_GUARDED_BY(mutex) = false;
  bool has_asked_cause ABSL_GUARDED_BY(mutex) = false;
};

GrpcBackend::GrpcBackend(const std::string& target, int connections,
                         const TlsWatch* tls, const std::string& tls_name,
                         absl::Duration reconnect_timeout)
    : target_(target),
      connections_(connections),
      tls_(tls),
      tls_name_(tls_name),
      reconnect_timeout_(reconnect_timeout),
      reachability_(connections) {}

GrpcBackend::~GrpcBackend() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int* calls) { return *calls == 0; }, &calls_));
}

std::shared_ptr<const GrpcBackend::Connections>
GrpcBackend::CurrentConnections() {
  auto material = tls_ == nullptr ? nullptr : tls_->current();
  absl::MutexLock lock(&mutex_);
  if (current_ == nullptr || material != material_) {
    auto made = std::make_shared<Connections>();
    for (int i = 0; i < connections_; ++i) {
      made->push_back(std::make_unique<Connection>(
          MakeChannel(target_, material.get(), tls_name_)));
    }
    current_ = std::move(made);
    material_ = std::move(material);
  }
  return current_;
}

Backend::Cancel GrpcBackend::Start(Call call, Done done) {
  auto state = std::make_shared<State>();
  state->call = std::move(call);
  state->done = std::move(done);
  state->deadline = absl::Now() + state->call.timeout;
  {
    absl::MutexLock lock(&mutex_);
    ++calls_;
  }
  bool ignored_ownership;
  const grpc::Status serialized = Serialization::Serialize(
      *state->call.request, &state->request, &ignored_ownership);
  state->call.request.reset();
  if (!serialized.ok()) {
    Finish(*state, {CallStatus(serialized), nullptr, {}});
    return [] {};
  }
  Send(state);
  return [state] { state->Cancel(); };
}

void GrpcBackend::Send(const std::shared_ptr<State>& state) {
  auto connections = CurrentConnections();
  state->connection = next_connection_.fetch_add(1, std::memory_order_relaxed) %
                      connections->size();
  const auto& channel = (*connections)[state->connection]->channel;
  const bool is_ready = channel->GetState(true) == GRPC_CHANNEL_READY;
  const bool waits = !is_ready && !reachability_.lost();
  Make(state, std::move(connections), waits, /*is_timed=*/waits);
}

void GrpcBackend::Make(const std::shared_ptr<State>& state,
                       std::shared_ptr<const Connections> connections,
                       bool waits, bool is_timed) {
  Connection& connection = *(*connections)[state->connection];
  grpc::ClientContext* const context =
      state->Begin(std::move(connections), waits);
  if (is_timed) {
    state->alarm.emplace().Set(
        absl::ToChronoTime(absl::Now() + reconnect_timeout_),
        [state](bool is_due) {
          if (is_due) state->EndWait();
        });
  }
  // The call may end within this function.
  connection.stub.UnaryCall(
      context, state->call.rpc_path, {}, &state->request, &state->response,
      [this, state](const grpc::Status& status) { End(state, status); });
}

void GrpcBackend::End(const std::shared_ptr<State>& state,
                      const grpc::Status& status) {
  const bool may_repeat =
      status.error_code() == grpc::StatusCode::UNAVAILABLE &&
      status.error_details().empty() && !state->was_sent_again &&
      !state->WasSent() && !state->cancelled() && !reachability_.lost();
  if (may_repeat) {
    state->was_sent_again = true;
    return Send(state);
  }
  if (auto connections = state->TakeFailedWait()) {
    state->was_sent_again = true;
    return Make(state, std::move(connections), /*waits=*/false,
                /*is_timed=*/true);
  }
  Reply reply = ReadReply(*state, status);
  const bool is_lost = IsServerUnreachable(reply.status);
  // Only the server sends details; other errors may be the transport's.
  if (is_lost || status.ok() || !status.error_details().empty()) {
    NoteReached(state->connection, !is_lost, state->CauseOf(status));
  }
  Finish(*state, std::move(reply));
}

void GrpcBackend::NoteReached(std::size_t connection, bool reached,
                              absl::string_view cause) {
  switch (reachability_.Note(connection, reached, cause)) {
    case Reachability::Change::kLost:
    case Reachability::Change::kOtherCause:
      Log(LogLevel::kWarning, "cannot reach the server",
          {{"target", target_}, {"cause", cause}});
      break;
    case Reachability::Change::kFound:
      Log(LogLevel::kInfo, "server reached again", {{"target", target_}});
      break;
    case Reachability::Change::kNone:
      break;
  }
}

Backend::Reply GrpcBackend::ReadReply(State& state,
                                      const grpc::Status& status) {
  Reply reply;
  absl::MutexLock lock(&state.mutex);
  if (state.is_cancelled &&
      status.error_code() == grpc::StatusCode::CANCELLED) {
    reply.status = absl::CancelledError("the caller gave up");
  } else if (state.is_unreachable && !status.ok()) {
    reply.status = CallStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""));
  } else if (status.ok() && state.response.Length() > kLargestAnswer) {
    reply.status = CallStatus(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                           "the answer is too long"));
  } else if (status.ok()) {
    reply.status = CallStatus(
        Serialization::Deserialize(&state.response, state.call.response.get()));
  } else {
    reply.status = CallStatus(status);
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
