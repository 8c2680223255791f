#include "server/call/unary_call.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "proto/rpc/status.h"
#include "server/call/deadline.h"
#include "server/call/grpc_status.h"
#include "server/call/once.h"
#include "server/call/stable_bytes.h"
#include "server/runtime/metadata.h"

namespace webhooks::server {

using Serialization = grpc::SerializationTraits<google::protobuf::Message>;

namespace {

// A call may take no longer, whatever its deadline is.
constexpr absl::Duration kLongestCall = absl::Minutes(1);

// A repeat gets the bytes of the first answer, which gRPC's own serialization
// does not promise.
bool Write(const google::protobuf::Message& message, grpc::ByteBuffer& buffer) {
  std::string bytes;
  if (!WriteStably(message, bytes)) return false;
  const grpc::Slice slice(bytes);
  buffer = grpc::ByteBuffer(&slice, 1);
  return true;
}

}  // namespace

UnaryCall::UnaryCall(absl::string_view rpc,
                     grpc::CallbackServerContext& context,
                     const grpc::ByteBuffer& request_bytes,
                     grpc::ByteBuffer& response_bytes,
                     std::unique_ptr<google::protobuf::Message> request,
                     CallObserver& observer)
    : context_(context),
      record_(rpc, context, observer),
      latest_end_(absl::Now() + kLongestCall),
      request_bytes_(request_bytes),
      response_bytes_(response_bytes),
      request_(std::move(request)),
      cancelled_(std::make_shared<std::atomic<bool>>(false)),
      trace_(std::make_shared<const TraceHeaders>(record_.trace())) {}

Credentials UnaryCall::credentials() const { return ReadCredentials(context_); }

absl::Status UnaryCall::Read() {
  // Reading empties the buffer; a copy shares its bytes.
  grpc::ByteBuffer bytes = request_bytes_;
  if (Serialization::Deserialize(&bytes, request_.get()).ok()) {
    return absl::OkStatus();
  }
  return WithReason(absl::InvalidArgumentError(
                        "the request is not a message of its type in UTF-8"),
                    "MALFORMED_MESSAGE");
}

CallOptions UnaryCall::options() const {
  return {std::min(DeadlineOf(context_), latest_end_), cancelled_, trace_};
}

void UnaryCall::MarkReplayed() {
  context_.AddInitialMetadata(kReplayedKey, "true");
}

void UnaryCall::Fail(const absl::Status& status) { End(status); }

void UnaryCall::Succeed(const google::protobuf::Message& response) {
  if (!Write(response, response_bytes_)) {
    return Fail(WithReason(absl::InternalError("the answer cannot be written"),
                           "ANSWER_UNWRITABLE"));
  }
  End(absl::OkStatus());
}

void UnaryCall::End(const absl::Status& status) {
  record_.End(status);
  const std::size_t size = request_bytes_.Length() + response_bytes_.Length();
  if (size <= CallsInFlight::kSmallCall) place_.reset();
  Finish(ToGrpcStatus(status));
}

void UnaryCall::OnCancel() {
  *cancelled_ = true;
  record_.Cancelled();
}

void UnaryCall::OnDone() { delete this; }

}  // namespace webhooks::server
