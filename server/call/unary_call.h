#ifndef WEBHOOKS_SERVER_CALL_UNARY_CALL_H_
#define WEBHOOKS_SERVER_CALL_UNARY_CALL_H_

#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <cstddef>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "server/call/admission.h"
#include "server/call/call_load.h"
#include "server/call/call_record.h"
#include "server/call/credentials.h"
#include "server/call/methods.h"
#include "server/call/request_timeouts.h"
#include "storage/store.h"

namespace webhooks::server {

// A unary call: reads its request, tracks its deadline and cancellation, and
// answers it. Deletes itself when gRPC is done with it.
class UnaryCall final : public CallReactor, private TimedCall {
 public:
  // Parses the request into `request`. The references and `load` must outlive
  // the call. Without `load`, the call never blocks.
  UnaryCall(CallContext& context,
            std::unique_ptr<google::protobuf::Message> request,
            RequestTimeouts& timeouts, CallObserver& observer,
            CallLoad* load = nullptr);

  // Returns "package.Service/Method".
  absl::string_view rpc() const;

  Credentials credentials() const;

  // Reads the request, which lives until the call ends, and calls `perform`.
  // Fails the call with INVALID_ARGUMENT (MALFORMED_MESSAGE) if there is no
  // request or ReadMessage fails, and with DEADLINE_EXCEEDED (REQUEST_TIMEOUT)
  // if it does not arrive in time. Call it at most once, before the answer.
  using Perform =
      absl::AnyInvocable<void(const google::protobuf::Message& request) &&>;
  void Read(Perform perform);

  // Returns the deadline, at most a minute after the start of the call; the
  // cancellation; the trace; and whether the call may block.
  CallOptions options() const;

  // Applies the outcome of the admission. Call it at most once, before the
  // answer.
  void SetDecision(const Decision& decision) {
    record_.SetDecision(decision);
    place_ = decision.place;
  }

  // Marks the answer, in its metadata, as that of an earlier call.
  void MarkReplayed();

  // Answer the call. Exactly one is called, once, and the call must not be used
  // afterwards.
  void Fail(const absl::Status& status);
  void Succeed(const google::protobuf::Message& response);

 private:
  // Called only by OnDone.
  ~UnaryCall() override;

  // Writes the log line, and releases the place of a small call.
  void Record(const absl::Status& status);

  void OnReadDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;
  void RequestTimedOut() override;

  CallContext& context_;
  CallRecord record_;
  RequestTimeouts& timeouts_;
  CallLoad* const load_;
  // The previous call was on the same connection.
  const bool is_same_connection_;
  const absl::Time max_deadline_;
  const std::unique_ptr<google::protobuf::Message> request_;
  const std::shared_ptr<std::atomic<bool>> cancelled_;
  const std::shared_ptr<const TraceHeaders> trace_;
  CallsInFlight::Place place_;
  Perform perform_;
  RequestTimeouts::Place wait_;
  // Owned by gRPC while it reads.
  grpc::ByteBuffer request_bytes_;
  std::size_t request_size_ = 0;
  grpc::ByteBuffer response_bytes_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_UNARY_CALL_H_
