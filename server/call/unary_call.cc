#include "server/call/unary_call.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "proto/rpc/status.h"
#include "server/call/deadline.h"
#include "server/call/errors.h"
#include "server/call/grpc_status.h"
#include "server/call/message_bytes.h"
#include "server/runtime/metadata.h"
#include "storage/errors.h"

namespace webhooks::server {

namespace {

constexpr absl::Duration kMaxCallTime = absl::Minutes(1);

}  // namespace

UnaryCall::UnaryCall(CallContext& context,
                     std::unique_ptr<google::protobuf::Message> request,
                     RequestTimeouts& timeouts, CallObserver& observer,
                     CallLoad* load)
    : context_(context),
      record_(rpc(), context, observer),
      timeouts_(timeouts),
      load_(load),
      is_same_connection_(load != nullptr &&
                          load->StartCall(record_.connection())),
      max_deadline_(absl::Now() + kMaxCallTime),
      request_(std::move(request)),
      cancelled_(std::make_shared<std::atomic<bool>>(false)),
      trace_(std::make_shared<const TraceHeaders>(record_.trace())) {}

UnaryCall::~UnaryCall() {
  if (load_ != nullptr) load_->FinishCall();
}

absl::string_view UnaryCall::rpc() const {
  return absl::StripPrefix(context_.method(), "/");
}

Credentials UnaryCall::credentials() const { return ReadCredentials(context_); }

void UnaryCall::Read(Perform perform) {
  perform_ = std::move(perform);
  wait_ = timeouts_.Add(*this);
  StartRead(&request_bytes_);
}

void UnaryCall::OnReadDone(bool ok) {
  // RequestTimedOut answers the call.
  if (!timeouts_.Remove(wait_)) return;
  if (*cancelled_ || (!ok && context_.IsCancelled())) {
    return Fail(CallCancelled());
  }
  if (!ok || !ReadMessage(request_bytes_, *request_)) {
    return Fail(MalformedMessage());
  }
  request_size_ = request_bytes_.Length();
  record_.OnMessageRead(request_size_);
  std::move(perform_)(*request_);
}

void UnaryCall::RequestTimedOut() { Fail(RequestTimeout()); }

CallOptions UnaryCall::options() const {
  return {std::min(DeadlineOf(context_), max_deadline_), cancelled_, trace_,
          is_same_connection_ && load_->IsLow()};
}

void UnaryCall::MarkReplayed() {
  context_.AddInitialMetadata(kReplayedMetadata, "true");
}

void UnaryCall::Fail(const absl::Status& status) {
  Record(status);
  Finish(ToGrpcStatus(status));
}

void UnaryCall::Succeed(const google::protobuf::Message& response) {
  if (!WriteMessage(response, response_bytes_)) {
    return Fail(WithReason(absl::InternalError("the answer cannot be written"),
                           "ANSWER_UNWRITABLE"));
  }
  Record(absl::OkStatus());
  StartWriteAndFinish(&response_bytes_, grpc::WriteOptions(), grpc::Status::OK);
}

void UnaryCall::Record(const absl::Status& status) {
  record_.Finish(status);
  const std::size_t size = request_size_ + response_bytes_.Length();
  if (size <= CallsInFlight::kMaxSmallCall) place_.reset();
}

void UnaryCall::OnCancel() {
  *cancelled_ = true;
  record_.OnCancelled();
}

void UnaryCall::OnDone() { delete this; }

}  // namespace webhooks::server
