#include "server/services/health_service.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/rpc/status.h"
#include "server/call/call_record.h"
#include "server/call/errors.h"
#include "server/call/grpc_status.h"
#include "server/call/message_bytes.h"
#include "server/call/unary_call.h"
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

// A Watch call. Once its request is read, writes the latest status whenever it
// differs from the last one written, one write at a time.
class HealthService::Watcher final : public CallReactor, private TimedCall {
 public:
  Watcher(HealthService& service, CallContext& context)
      : service_(service),
        context_(context),
        record_(absl::StrCat(kName, "/Watch"), context, service.observer_),
        place_(service.watchers_.Take(context.peer())),
        wait_(service.timeouts_.Add(*this)) {
    StartRead(&request_);
    service_.watchers_.Add(*this);
    absl::MutexLock lock(&mutex_);
    if (place_ == nullptr) FinishWith(TooManyStreams());
  }

  // Starts to write the status. `is_known` is true if the watched service
  // exists.
  void Start(bool is_known, bool serving) {
    absl::MutexLock lock(&mutex_);
    is_known_ = is_known;
    Want(serving);
  }

  void SetServing(bool serving) {
    absl::MutexLock lock(&mutex_);
    if (is_known_) Want(serving);
  }

  void Stop() {
    absl::MutexLock lock(&mutex_);
    FinishWith(ServerStopping());
  }

 private:
  void Want(bool serving) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    wanted_ =
        *is_known_ ? StatusFor(serving) : HealthCheckResponse::SERVICE_UNKNOWN;
    Advance();
  }

  void FinishWith(const absl::Status& why)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    finish_status_.Update(why);
    Advance();
  }

  // Writes a changed status, or finishes, unless a write is in progress.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_) return;
    if (wanted_ != written_) {
      writing_ = true;
      written_ = wanted_;
      HealthCheckResponse response;
      response.set_status(written_);
      WriteMessage(response, response_);
      return StartWrite(&response_);
    }
    if (finish_status_.ok()) return;
    finished_ = true;
    record_.Finish(finish_status_);
    Finish(ToGrpcStatus(finish_status_));
  }

  void OnReadDone(bool ok) override {
    if (!service_.timeouts_.Remove(wait_)) return;
    HealthCheckRequest request;
    if (ok && ReadMessage(request_, request)) {
      return service_.Start(*this, request.service());
    }
    absl::MutexLock lock(&mutex_);
    FinishWith(context_.IsCancelled() ? CallCancelled() : MalformedMessage());
  }

  void RequestTimedOut() override {
    absl::MutexLock lock(&mutex_);
    FinishWith(RequestTimeout());
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (ok) return Advance();
    wanted_ = written_;
    FinishWith(CallCancelled());
  }

  void OnCancel() override {
    record_.OnCancelled();
    absl::MutexLock lock(&mutex_);
    FinishWith(CallCancelled());
  }

  void OnDone() override {
    service_.watchers_.Remove(*this);
    delete this;
  }

  HealthService& service_;
  const CallContext& context_;
  const CallRecord record_;
  const CallsInFlight::Place place_;
  const RequestTimeouts::Place wait_;
  // Owned by gRPC while it reads and writes.
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  absl::Mutex mutex_;
  // Unset until the request is read.
  std::optional<bool> is_known_ ABSL_GUARDED_BY(mutex_);
  HealthCheckResponse::ServingStatus wanted_ ABSL_GUARDED_BY(mutex_) =
      HealthCheckResponse::UNKNOWN;
  HealthCheckResponse::ServingStatus written_ ABSL_GUARDED_BY(mutex_) =
      HealthCheckResponse::UNKNOWN;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  // The status to finish with; OK if the watch goes on.
  absl::Status finish_status_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

HealthService::HealthService(std::vector<std::string> services,
                             RequestTimeouts& timeouts, CallObserver& observer,
                             int watches_per_client)
    : services_(std::move(services)),
      timeouts_(timeouts),
      observer_(observer),
      watchers_(watches_per_client) {}

void HealthService::AddTo(Methods& methods) {
  methods.Add(kName, "Check", *this, &HealthService::Check);
  methods.Add(kName, "Watch", *this, &HealthService::Watch);
}

void HealthService::SetServing(bool serving) {
  absl::MutexLock lock(&mutex_);
  serving_ = serving && !stopped_;
  watchers_.ForEach([this](Watcher& watcher) {
    mutex_.AssertHeld();
    watcher.SetServing(serving_);
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

CallReactor* HealthService::Check(CallContext& context) {
  auto* call = new UnaryCall(context, std::make_unique<HealthCheckRequest>(),
                             timeouts_, observer_);
  call->Read([this, call](const google::protobuf::Message& request) {
    const std::string& service =
        static_cast<const HealthCheckRequest&>(request).service();
    if (!Knows(service)) return call->Fail(ServiceUnknown(service));
    HealthCheckResponse response;
    {
      absl::MutexLock lock(&mutex_);
      response.set_status(StatusFor(serving_));
    }
    call->Succeed(response);
  });
  return call;
}

CallReactor* HealthService::Watch(CallContext& context) {
  return new Watcher(*this, context);
}

void HealthService::Start(Watcher& watcher, const std::string& service) {
  // Holds the lock so that the watcher misses no change after its first status.
  absl::MutexLock lock(&mutex_);
  watcher.Start(Knows(service), serving_);
}

bool HealthService::Knows(const std::string& service) const {
  return service.empty() || std::find(services_.begin(), services_.end(),
                                      service) != services_.end();
}

}  // namespace webhooks::server
