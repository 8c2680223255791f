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

// One call of EventService.PublishStream, from its arrival to its log line.
// While a batch is being stored the next one is read; reading pauses where that
// is full, and so the client does (flow control of HTTP/2). Each batch is
// admitted as a call is: a key that is revoked, or a certificate that is bound
// to another project, ends the stream, and a rate that is reached slows it
// down. Keeps itself until gRPC is done with it.
class PublishStream final : public CallReactor,
                            public std::enable_shared_from_this<PublishStream> {
 public:
  // The event that a request of the stream asks for, or what is wrong with it.
  using MakeEvent = std::function<absl::StatusOr<v1::Event>(
      const std::string& project, const v1::PublishEventRequest& request)>;

  // Begins a call, which all must outlive.
  static PublishStream* Begin(CallContext& context, Admission& admission,
                              EventStore& store, CallObserver& observer,
                              MakeEvent make_event);

  // See Begin.
  PublishStream(CallContext& context, Admission& admission, EventStore& store,
                CallObserver& observer, MakeEvent make_event);

 private:
  using Batch = EventStore::MaybeEvents;

  void OnReadDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // Asks whether the call may go on, and then stores the batch if it has
  // events.
  void Admit(Batch batch);
  void Admitted(const Decision& decision, Batch batch);
  void AdmitLater(Batch batch);
  void Add(const grpc::ByteBuffer& bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The steps to take now, in this order; any may be absent.
  struct Steps {
    Batch batch;
    bool reads = false;
    bool ends = false;
    absl::Status status;
    v1::PublishEventStreamResponse answer;
  };
  Steps NextSteps() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Does what there is to do.
  void Go() ABSL_LOCKS_EXCLUDED(mutex_);
  void Read() ABSL_LOCKS_EXCLUDED(mutex_);
  void Store(Batch batch);
  void Stored(
      const absl::StatusOr<Created<v1::PublishEventBatchResponse>>& result,
      const Batch& batch);
  // Puts the halves of a batch in front of all others.
  void Halve(const Batch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Count(const v1::PublishEventBatchResponse& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(const absl::Status& status,
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
  // Until gRPC is done with this.
  std::shared_ptr<PublishStream> self_;
  // Owned by gRPC while it reads and writes.
  grpc::ByteBuffer message_;
  grpc::ByteBuffer response_;
  // Of a stream that is slowed down: its alarm, and until that rings, the batch
  // that is to be admitted then, and this.
  grpc::Alarm later_;
  Batch slowed_;
  std::shared_ptr<PublishStream> slowed_self_;

  absl::Mutex mutex_;
  CallsInFlight::Place place_ ABSL_GUARDED_BY(mutex_);
  // Batches to store before the events that are read next.
  std::deque<Batch> halves_ ABSL_GUARDED_BY(mutex_);
  Batch batch_ ABSL_GUARDED_BY(mutex_);
  std::size_t batch_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_reading_ ABSL_GUARDED_BY(mutex_) = false;
  // A read is about to begin: the call must not end before it has.
  bool is_starting_ ABSL_GUARDED_BY(mutex_) = false;
  // The call was admitted once.
  bool is_admitted_ ABSL_GUARDED_BY(mutex_) = false;
  // A batch, or at first the call, is being admitted, or a batch stored.
  bool is_busy_ ABSL_GUARDED_BY(mutex_) = true;
  // The client has sent all.
  bool is_whole_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  // The number of events that the answer counts already.
  std::int64_t counted_ ABSL_GUARDED_BY(mutex_) = 0;
  v1::PublishEventStreamResponse answer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_PUBLISH_STREAM_H_
