#ifndef WEBHOOKS_SERVER_SERVICES_PUBLISH_STREAM_H_
#define WEBHOOKS_SERVER_SERVICES_PUBLISH_STREAM_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/call/admission.h"
#include "server/call/call_record.h"
#include "storage/event_store.h"
#include "webhooks/v1/event_service.pb.h"

namespace webhooks::server {

// One call of EventService.PublishStream, from its arrival to its log line.
// While a batch is being stored the next one is read; reading pauses where that
// is full, and so the client does (flow control of HTTP/2). Keeps itself until
// gRPC is done with it.
class PublishStream final : public grpc::ServerReadReactor<grpc::ByteBuffer>,
                            public std::enable_shared_from_this<PublishStream> {
 public:
  // The event that a request of the stream asks for, or what is wrong with it.
  using MakeEvent = std::function<absl::StatusOr<v1::Event>(
      const std::string& project, const v1::PublishEventRequest& request)>;

  // Begins a call. `context` and `response` are gRPC's and live as long as the
  // call; the others must outlive it.
  static PublishStream* Begin(grpc::CallbackServerContext& context,
                              grpc::ByteBuffer& response, Admission& admission,
                              EventStore& store, MakeEvent make_event);

  // See Begin.
  PublishStream(grpc::CallbackServerContext& context,
                grpc::ByteBuffer& response, EventStore& store,
                MakeEvent make_event);

 private:
  void Admit(Admission& admission);

  void OnReadDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void Admitted(const std::string& project);
  void Add(const grpc::ByteBuffer& bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What there is to do now: any of these.
  struct Steps {
    EventStore::MaybeEvents batch;
    bool reads = false;
    bool ends = false;
    absl::Status status;
    v1::PublishEventStreamResponse answer;
  };
  Steps NextSteps() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Does what there is to do.
  void Go() ABSL_LOCKS_EXCLUDED(mutex_);
  void Read() ABSL_LOCKS_EXCLUDED(mutex_);
  void Store(EventStore::MaybeEvents batch);
  void Stored(
      const absl::StatusOr<Created<v1::PublishEventBatchResponse>>& result);
  void Count(const v1::PublishEventBatchResponse& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(const absl::Status& status,
           const v1::PublishEventStreamResponse& answer);
  CallOptions options() const;

  grpc::CallbackServerContext& context_;
  grpc::ByteBuffer& response_;
  EventStore& store_;
  const MakeEvent make_event_;
  CallRecord record_;
  const std::shared_ptr<std::atomic<bool>> cancelled_;
  // Set before the first read.
  std::string project_;
  // Until gRPC is done with this.
  std::shared_ptr<PublishStream> self_;
  // Owned by gRPC while it reads.
  grpc::ByteBuffer message_;

  absl::Mutex mutex_;
  EventStore::MaybeEvents batch_ ABSL_GUARDED_BY(mutex_);
  std::size_t batch_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_reading_ ABSL_GUARDED_BY(mutex_) = false;
  // A read is about to begin: the call must not end before it has.
  bool is_starting_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_storing_ ABSL_GUARDED_BY(mutex_) = false;
  // The client has sent all.
  bool is_whole_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  // How many events the answer counts already.
  std::int64_t counted_ ABSL_GUARDED_BY(mutex_) = 0;
  v1::PublishEventStreamResponse answer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_PUBLISH_STREAM_H_
