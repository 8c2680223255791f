#include "server/services/health_service.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/rpc/status.h"
#include "server/call/call_record.h"
#include "server/call/grpc_status.h"
#include "storage/errors.h"

namespace webhooks::server {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

namespace {

HealthCheckResponse::ServingStatus StatusFor(bool serving) {
  return serving ? HealthCheckResponse::SERVING
                 : HealthCheckResponse::NOT_SERVING;
}

absl::Status ServiceUnknown(const std::string& name) {
  return WithReason(absl::NotFoundError(absl::StrCat("no service ", name)),
                    "SERVICE_UNKNOWN");
}

}  // namespace

// One Watch: writes the latest status whenever it is another than the last one
// written, one write at a time.
class HealthService::Watcher final
    : public grpc::ServerWriteReactor<HealthCheckResponse> {
 public:
  Watcher(OpenStreams<Watcher>& streams, bool is_known,
          grpc::CallbackServerContext& context, CallObserver& observer)
      : streams_(streams),
        is_known_(is_known),
        record_("grpc.health.v1.Health/Watch", context, observer),
        place_(streams.Take(context.peer())) {}

  void Tell(bool serving) {
    absl::MutexLock lock(&mutex_);
    if (place_ == nullptr) return End(TooManyStreams());
    wanted_ =
        is_known_ ? StatusFor(serving) : HealthCheckResponse::SERVICE_UNKNOWN;
    Advance();
  }

  void Stop() {
    absl::MutexLock lock(&mutex_);
    End(ServerStopping());
  }

 private:
  void End(const absl::Status& why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    end_.Update(why);
    Advance();
  }

  // Writes what has changed, or finishes, unless a write is under way.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_) return;
    if (wanted_ != written_) {
      writing_ = true;
      written_ = wanted_;
      response_.set_status(written_);
      return StartWrite(&response_);
    }
    if (end_.ok()) return;
    finished_ = true;
    record_.End(end_);
    Finish(ToGrpcStatus(end_));
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (ok) return Advance();
    wanted_ = written_;
    End(CallCancelled());
  }

  void OnCancel() override {
    record_.Cancelled();
    absl::MutexLock lock(&mutex_);
    End(CallCancelled());
  }

  void OnDone() override {
    streams_.Remove(*this);
    delete this;
  }

  OpenStreams<Watcher>& streams_;
  const bool is_known_;
  const CallRecord record_;
  const CallsInFlight::Place place_;
  absl::Mutex mutex_;
  HealthCheckResponse response_;
  HealthCheckResponse::ServingStatus wanted_ ABSL_GUARDED_BY(mutex_) =
      HealthCheckResponse::UNKNOWN;
  HealthCheckResponse::ServingStatus written_ ABSL_GUARDED_BY(mutex_) =
      HealthCheckResponse::UNKNOWN;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  // Why it is to end; OK: it is not.
  absl::Status end_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

HealthService::HealthService(std::vector<std::string> services,
                             CallObserver& observer, int watches_per_client)
    : services_(std::move(services)),
      observer_(observer),
      watchers_(watches_per_client) {}

void HealthService::SetServing(bool serving) {
  absl::MutexLock lock(&mutex_);
  serving_ = serving && !stopped_;
  watchers_.ForEach([this](Watcher& watcher) {
    mutex_.AssertHeld();
    watcher.Tell(serving_);
  });
}

void HealthService::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  SetServing(false);
  watchers_.Stop();
}

grpc::ServerUnaryReactor* HealthService::Check(
    grpc::CallbackServerContext* context, const HealthCheckRequest* request,
    HealthCheckResponse* response) {
  const CallRecord record("grpc.health.v1.Health/Check", *context, observer_);
  absl::Status status;
  if (Knows(request->service())) {
    absl::MutexLock lock(&mutex_);
    response->set_status(StatusFor(serving_));
  } else {
    status = ServiceUnknown(request->service());
  }
  record.End(status);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status));
  return reactor;
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(
    grpc::CallbackServerContext* context, const HealthCheckRequest* request) {
  auto* watcher =
      new Watcher(watchers_, Knows(request->service()), *context, observer_);
  // Under the lock, so that no change comes between the first status and those
  // that SetServing tells.
  absl::MutexLock lock(&mutex_);
  watcher->Tell(serving_);
  watchers_.Add(*watcher);
  return watcher;
}

bool HealthService::Knows(const std::string& service) const {
  return service.empty() || std::find(services_.begin(), services_.end(),
                                      service) != services_.end();
}

}  // namespace webhooks::server
