#ifndef WEBHOOKS_SERVER_CALL_UNARY_CALL_H_
#define WEBHOOKS_SERVER_CALL_UNARY_CALL_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "server/call/admission.h"
#include "server/call/call_record.h"
#include "server/call/credentials.h"
#include "storage/store.h"

namespace webhooks::server {

// One unary call from its arrival to its log line: its messages, deadline and
// cancellation. Deletes itself when gRPC is done with it.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // `rpc` is "package.Service/Method"; `request` takes the message that
  // `request_bytes` holds. The bytes are gRPC's and live as long as the call.
  UnaryCall(absl::string_view rpc, grpc::CallbackServerContext& context,
            const grpc::ByteBuffer& request_bytes,
            grpc::ByteBuffer& response_bytes,
            std::unique_ptr<google::protobuf::Message> request,
            CallObserver& observer);

  // What the call shows of who makes it.
  Credentials credentials() const;

  // Reads the request. INVALID_ARGUMENT (MALFORMED_MESSAGE): it is no message
  // of its type, or holds text that is not UTF-8.
  absl::Status Read();

  // What Read read.
  const google::protobuf::Message& request() const { return *request_; }

  // The caller's deadline, but no more than a minute after the call began; its
  // cancellation once it comes, and the trace.
  CallOptions options() const;

  // What was decided of the call. At most once, before the answer.
  void Take(const Decision& decision) {
    record_.SetDecision(decision, request_bytes_.Length());
    place_ = decision.place;
  }

  // Says in the answer's metadata that it was given before.
  void MarkReplayed();

  // Each answers the call, exactly once and as the last touch.
  void Fail(const absl::Status& status);
  void Succeed(const google::protobuf::Message& response);

 private:
  void End(const absl::Status& status);

  // Others hold calls only by the pointer that gRPC was given.
  ~UnaryCall() override = default;

  void OnCancel() override;
  void OnDone() override;

  grpc::CallbackServerContext& context_;
  CallRecord record_;
  const absl::Time latest_end_;
  const grpc::ByteBuffer& request_bytes_;
  grpc::ByteBuffer& response_bytes_;
  const std::unique_ptr<google::protobuf::Message> request_;
  const std::shared_ptr<std::atomic<bool>> cancelled_;
  const std::shared_ptr<const TraceHeaders> trace_;
  CallsInFlight::Place place_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_UNARY_CALL_H_
