#ifndef WEBHOOKS_SERVER_SERVICES_PUBLISH_STREAM_H_
#define WEBHOOKS_SERVER_SERVICES_PUBLISH_STREAM_H_

#include <grpcpp/alarm.h>
#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/call/admission.h"
#include "server/call/call_record.h"
#include "server/call/methods.h"
#include "storage/event_store.h"
#include "storage/idempotency.h"
#include "webhooks/v1/event_service.pb.h"

namespace webhooks::server {

// A call of EventService.PublishStream. Reads the next batch while one is being
// stored, and stops reading while the next batch is full, which also stops the
// client (HTTP/2 flow control). Each batch is admitted like a call: a revoked
// key, or a certificate that is bound to another project, ends the stream, and
// a reached rate limit slows it down. Owns itself until gRPC is done with it.
class PublishStream final : public CallReactor,
                            public std::enable_shared_from_this<PublishStream> {
 public:
  // Returns the event of a request of the stream, or the error of its checks.
  using MakeEvent = std::function<absl::StatusOr<v1::Event>(
      const std::string& project, const v1::PublishEventRequest& request)>;

  // Starts a call. All references must outlive it.
  static PublishStream* Start(CallContext& context, Admission& admission,
                              EventStore& store, CallObserver& observer,
                              MakeEvent make_event);

  // See Start.
  PublishStream(CallContext& context, Admission& admission, EventStore& store,
                CallObserver& observer, MakeEvent make_event);

 private:
  using Batch = EventStore::MaybeEvents;

  void OnReadDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // Admits the batch, and then stores it unless it is empty.
  void Admit(Batch batch);
  void Admitted(const Decision& decision, Batch batch);
  void AdmitLater(Batch batch);
  void Add(const grpc::ByteBuffer& bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The steps to take next, in this order; each is optional.
  struct Steps {
    Batch batch;
    bool reads = false;
    bool ends = false;
    absl::Status status;
    v1::PublishEventStreamResponse answer;
  };
  Steps NextSteps() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes the next steps.
  void Advance() ABSL_LOCKS_EXCLUDED(mutex_);
  void Read() ABSL_LOCKS_EXCLUDED(mutex_);
  void Store(Batch batch);
  void Stored(
      const absl::StatusOr<Created<v1::PublishEventBatchResponse>>& result,
      const Batch& batch);
  // Puts the two halves of a batch before all others.
  void Halve(const Batch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Count(const v1::PublishEventBatchResponse& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishCall(const absl::Status& status,
                  const v1::PublishEventStreamResponse& answer);
  CallOptions options() const;

  CallContext& context_;
  Admission& admission_;
  EventStore& store_;
  const MakeEvent make_event_;
  CallRecord record_;
  const std::shared_ptr<std::atomic<bool>> cancelled_;
  const std::shared_ptr<const TraceHeaders> trace_;
  // Set before the first read.
  std::string project_;
  // Reset when gRPC is done with this.
  std::shared_ptr<PublishStream> self_;
  // Owned by gRPC while it reads and writes.
  grpc::ByteBuffer message_;
  grpc::ByteBuffer response_;
  // While the stream is slowed down: its alarm, the batch to admit when the
  // alarm goes off, and a reference to this until then.
  grpc::Alarm later_;
  Batch slowed_;
  std::shared_ptr<PublishStream> slowed_self_;

  absl::Mutex mutex_;
  CallsInFlight::Place place_ ABSL_GUARDED_BY(mutex_);
  // Batches to store before batch_.
  std::deque<Batch> halves_ ABSL_GUARDED_BY(mutex_);
  Batch batch_ ABSL_GUARDED_BY(mutex_);
  std::size_t batch_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_reading_ ABSL_GUARDED_BY(mutex_) = false;
  // A read is about to start. The call must not be finished before.
  bool is_starting_ ABSL_GUARDED_BY(mutex_) = false;
  // The call itself was admitted.
  bool is_admitted_ ABSL_GUARDED_BY(mutex_) = false;
  // The call or a batch is being admitted, or a batch is being stored.
  bool is_busy_ ABSL_GUARDED_BY(mutex_) = true;
  // The client has sent everything.
  bool is_whole_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  // The number of events that answer_ includes.
  std::int64_t counted_ ABSL_GUARDED_BY(mutex_) = 0;
  v1::PublishEventStreamResponse answer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_PUBLISH_STREAM_H_
