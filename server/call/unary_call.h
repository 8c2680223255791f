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

// One unary call from its headers to its log line: its messages, deadline and
// cancellation. Deletes itself when gRPC is done with it.
class UnaryCall final : public CallReactor, private WaitingCall {
 public:
  // `request` takes the message that is sent. Everything else must outlive the
  // call. Without `load`, the call never blocks.
  UnaryCall(CallContext& context,
            std::unique_ptr<google::protobuf::Message> request,
            RequestTimeouts& timeouts, CallObserver& observer,
            CallLoad* load = nullptr);

  // "package.Service/Method".
  absl::string_view rpc() const;

  // Returns the credentials that the call shows.
  Credentials credentials() const;

  // Reads the request and passes it on; it lives as long as the call. Fails the
  // call otherwise: INVALID_ARGUMENT (MALFORMED_MESSAGE): there is none, or it
  // is no message of its type, or holds text that is not UTF-8;
  // DEADLINE_EXCEEDED (REQUEST_TIMEOUT): it did not arrive in time. At most
  // once, and before the answer.
  using Perform =
      absl::AnyInvocable<void(const google::protobuf::Message& request) &&>;
  void Read(Perform perform);

  // Returns the caller's deadline, but no more than a minute after the call
  // began, its cancellation once it comes, the trace, and if it may block.
  CallOptions options() const;

  // Notes what was decided of the call. At most once, before the answer.
  void Take(const Decision& decision) {
    record_.SetDecision(decision);
    place_ = decision.place;
  }

  // Says in the answer's metadata that it was given before.
  void MarkReplayed();

  // Each answers the call, exactly once and as the last touch.
  void Fail(const absl::Status& status);
  void Succeed(const google::protobuf::Message& response);

 private:
  // Others hold calls only by the pointer that gRPC was given.
  ~UnaryCall() override;

  // Writes the log line and lets the next call of the key begin.
  void Record(const absl::Status& status);

  void OnReadDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;
  void RequestTimedOut() override;

  CallContext& context_;
  CallRecord record_;
  RequestTimeouts& timeouts_;
  CallLoad* const load_;
  // The call before came by the same connection.
  const bool follows_;
  const absl::Time latest_end_;
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
