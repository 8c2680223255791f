#include "server/services/publish_stream.h"

#include <grpcpp/server_context.h>

#include <chrono>
#include <cstddef>
#include <utility>

#include "absl/time/time.h"
#include "proto/rpc/status.h"
#include "server/call/deadline.h"
#include "server/call/errors.h"
#include "server/call/grpc_status.h"
#include "server/call/message_bytes.h"
#include "storage/errors.h"

namespace webhooks::server {
namespace {

// The maximum size of a batch.
constexpr std::size_t kFullBatch = 256;
constexpr std::size_t kFullBytes = 1 << 20;

// The maximum number of refused events that the answer lists.
constexpr int kToldRefusals = 100;

// The wait of a stream above its rate limit before it is admitted again.
constexpr auto kRetryAfter = std::chrono::milliseconds(50);

bool IsFanOutTooLarge(const absl::Status& status) {
  return Reason(status) == Reason(FanOutTooLarge());
}

}  // namespace

PublishStream* PublishStream::Start(CallContext& context, Admission& admission,
                                    EventStore& store, CallObserver& observer,
                                    MakeEvent make_event) {
  const auto stream = std::make_shared<PublishStream>(
      context, admission, store, observer, std::move(make_event));
  stream->self_ = stream;
  stream->Admit({});
  return stream.get();
}

PublishStream::PublishStream(CallContext& context, Admission& admission,
                             EventStore& store, CallObserver& observer,
                             MakeEvent make_event)
    : context_(context),
      admission_(admission),
      store_(store),
      make_event_(std::move(make_event)),
      record_("webhooks.v1.EventService/PublishStream", context, observer),
      cancelled_(std::make_shared<std::atomic<bool>>(false)),
      trace_(std::make_shared<const TraceHeaders>(record_.trace())) {}

void PublishStream::Admit(Batch batch) {
  {
    // The place of the previous admission could be the last one of the key.
    absl::MutexLock lock(&mutex_);
    place_.reset();
  }
  admission_.Admit(ReadCredentials(context_), options(),
                   [self = shared_from_this(), batch = std::move(batch)](
                       const Decision& decision) mutable {
                     self->Admitted(decision, std::move(batch));
                   });
}

void PublishStream::Admitted(const Decision& decision, Batch batch) {
  bool is_slowed = false;
  bool is_stored = false;
  {
    absl::MutexLock lock(&mutex_);
    is_slowed = is_admitted_ && absl::IsResourceExhausted(decision.status) &&
                !*cancelled_;
    if (!is_slowed) status_.Update(decision.status);
    if (is_admitted_ && decision.status.ok() && decision.project != project_) {
      status_.Update(ProjectChanged());
    }
    place_ = decision.place;
    if (!is_admitted_) {
      project_ = decision.project;
      record_.SetDecision(decision);
      is_admitted_ = decision.status.ok();
    }
    is_stored = !is_slowed && status_.ok() && !batch.empty();
    is_busy_ = is_slowed || is_stored;
  }
  if (is_slowed) return AdmitLater(std::move(batch));
  if (is_stored) return Store(std::move(batch));
  Advance();
}

void PublishStream::AdmitLater(Batch batch) {
  // The alarm keeps its callback after it has run, and this owns the alarm: a
  // reference in the callback would be a cycle.
  slowed_ = std::move(batch);
  slowed_self_ = shared_from_this();
  later_.Set(std::chrono::system_clock::now() + kRetryAfter,
             [this](bool /*is_due*/) {
               const auto self = std::move(slowed_self_);
               Admit(std::move(slowed_));
             });
}

void PublishStream::OnReadDone(bool ok) {
  {
    absl::MutexLock lock(&mutex_);
    is_reading_ = false;
    if (ok) {
      Add(message_);
    } else if (context_.IsCancelled()) {
      *cancelled_ = true;
    } else {
      is_whole_ = true;
    }
  }
  Advance();
}

void PublishStream::Add(const grpc::ByteBuffer& bytes) {
  if (is_admitted_) record_.OnMessageRead(bytes.Length());
  v1::PublishEventRequest request;
  if (ReadMessage(bytes, request)) {
    batch_.push_back(make_event_(project_, request));
  } else {
    batch_.push_back(MalformedMessage());
  }
  batch_bytes_ += bytes.Length();
}

PublishStream::Steps PublishStream::NextSteps() {
  Steps steps;
  if (has_ended_) return steps;
  if (status_.ok() && *cancelled_) status_ = CallCancelled();
  if (status_.ok() && !is_busy_ && !halves_.empty()) {
    is_busy_ = true;
    steps.batch = std::move(halves_.front());
    halves_.pop_front();
  } else if (status_.ok() && !is_busy_ && !batch_.empty()) {
    is_busy_ = true;
    steps.batch.swap(batch_);
    batch_bytes_ = 0;
  }
  const bool has_room = batch_.size() < kFullBatch && batch_bytes_ < kFullBytes;
  steps.reads =
      status_.ok() && is_admitted_ && !is_reading_ && !is_whole_ && has_room;
  is_reading_ |= steps.reads;
  is_starting_ |= steps.reads;
  // Reports an error at once; gRPC then ends a pending read.
  const bool is_over = !status_.ok() || (is_whole_ && !is_reading_);
  steps.ends = is_over && !is_busy_ && !is_starting_;
  has_ended_ = steps.ends;
  steps.status = status_;
  if (steps.ends) {
    steps.answer = answer_;
    if (answer_.ByteSizeLong() <= CallsInFlight::kMaxSmallCall) place_.reset();
  }
  return steps;
}

void PublishStream::Advance() {
  Steps steps;
  {
    absl::MutexLock lock(&mutex_);
    steps = NextSteps();
  }
  if (steps.ends) return FinishCall(steps.status, steps.answer);
  if (!steps.batch.empty()) Admit(std::move(steps.batch));
  if (steps.reads) Read();
}

void PublishStream::Read() {
  StartRead(&message_);
  {
    absl::MutexLock lock(&mutex_);
    is_starting_ = false;
  }
  Advance();
}

void PublishStream::Store(Batch batch) {
  const auto kept = std::make_shared<const Batch>(batch);
  store_.PublishEvents(
      project_, std::move(batch), std::nullopt, options(),
      [self = shared_from_this(),
       kept](const absl::StatusOr<Created<v1::PublishEventBatchResponse>>&
                 result) { self->Stored(result, *kept); });
}

void PublishStream::Stored(
    const absl::StatusOr<Created<v1::PublishEventBatchResponse>>& result,
    const Batch& batch) {
  {
    absl::MutexLock lock(&mutex_);
    is_busy_ = false;
    if (result.ok()) {
      Count(result->answer);
    } else if (IsFanOutTooLarge(result.status()) && batch.size() > 1) {
      Halve(batch);
    } else {
      status_ = result.status();
    }
  }
  Advance();
}

void PublishStream::Halve(const Batch& batch) {
  const auto middle =
      batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
  halves_.emplace_front(middle, batch.end());
  halves_.emplace_front(batch.begin(), middle);
}

void PublishStream::Count(const v1::PublishEventBatchResponse& batch) {
  for (const v1::PublishEventResult& result : batch.results()) {
    if (result.has_published()) {
      answer_.set_published_count(answer_.published_count() + 1);
    } else {
      answer_.set_refused_count(answer_.refused_count() + 1);
      if (answer_.refused_size() < kToldRefusals) {
        v1::RefusedEvent& refused = *answer_.add_refused();
        refused.set_index(counted_);
        *refused.mutable_error() = result.error();
      }
    }
    ++counted_;
  }
}

void PublishStream::FinishCall(const absl::Status& status,
                               const v1::PublishEventStreamResponse& answer) {
  record_.Finish(status);
  if (!status.ok()) return Finish(ToGrpcStatus(status));
  WriteMessage(answer, response_);
  StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
}

CallOptions PublishStream::options() const {
  return {DeadlineOf(context_), cancelled_, trace_};
}

void PublishStream::OnCancel() {
  *cancelled_ = true;
  record_.OnCancelled();
  Advance();
}

void PublishStream::OnDone() { self_.reset(); }

}  // namespace webhooks::server
