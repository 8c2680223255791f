#include "server/call/call_record.h"

#include <grpcpp/server_context.h>

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "proto/rpc/status.h"
#include "server/call/admission.h"
#include "server/call/deadline.h"
#include "server/call/errors.h"
#include "server/runtime/log.h"
#include "server/runtime/metadata.h"
#include "server/runtime/request_id.h"

namespace webhooks::server {
namespace {

// The caller chooses the name, which may be unknown and long.
constexpr std::size_t kMaxRpcSize = 256;

// A call that is cancelled within this time was reset at once, by a flood
// (CVE-2023-44487) or because of a short deadline.
constexpr std::chrono::milliseconds kResetTime{20};

// Returns true if a call may have failed through no fault of its sender.
bool IsOfServer(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return true;
    case absl::StatusCode::kResourceExhausted:
      return Reason(status) != Reason(TooManyFailedKeys(absl::ZeroDuration()));
    default:
      return false;
  }
}

}  // namespace

absl::string_view SingleEntry(const grpc::ServerContextBase& context,
                              const char* key) {
  const auto& metadata = context.client_metadata();
  const auto [first, last] = metadata.equal_range(key);
  if (first == last || std::next(first) != last) return "";
  return {first->second.data(), first->second.size()};
}

CallRecord::CallRecord(absl::string_view rpc, grpc::ServerContextBase& context,
                       CallObserver& observer)
    : context_(context),
      observer_(observer),
      rpc_(rpc.substr(0, kMaxRpcSize)),
      start_(std::chrono::steady_clock::now()),
      request_id_(RequestIdOr(SingleEntry(context, kRequestIdMetadata))),
      span_(StartSpan(SingleEntry(context, kTraceparentMetadata.data()),
                      SingleEntry(context, kTracestateMetadata.data()))),
      connection_(observer.ConnectionOf(context.peer())) {
  if (connection_ != nullptr) connection_->OnCallStarted();
  context_.AddInitialMetadata(kRequestIdMetadata, request_id_);
}

CallRecord::~CallRecord() {
  if (connection_ != nullptr) connection_->OnCallFinished();
}

void CallRecord::SetDecision(const Decision& decision) {
  if (decision.is_from_gateway && connection_ != nullptr) {
    connection_->OnGatewayCall();
  }
  is_admin_ = decision.is_admin;
  is_known_ = decision.status.ok() || is_admin_ || !decision.project.empty();
  if (is_known_ && connection_ != nullptr) connection_->OnCallAuthenticated();
  if (!decision.project.empty()) {
    project_ = decision.project;
    context_.AddInitialMetadata(kProjectIdMetadata, project_);
  }
  if (!decision.rate) return;
  const auto add = [&](const char* key, std::int64_t value) {
    context_.AddInitialMetadata(key, absl::StrCat(value));
  };
  add(kRateLimitMetadata, decision.rate->limit);
  add(kRateRemainingMetadata, decision.rate->remaining);
  add(kRateResetMetadata,
      absl::ToInt64Seconds(absl::Ceil(decision.rate->reset, absl::Seconds(1))));
}

void CallRecord::OnMessageRead(std::size_t bytes) const {
  if (connection_ == nullptr || !is_known_) return;
  connection_->OnMessageRead(static_cast<std::int64_t>(bytes));
}

void CallRecord::OnCancelled() const {
  if (connection_ == nullptr) return;
  if (std::chrono::steady_clock::now() - start_ > kResetTime) return;
  // The client started its timer a little earlier.
  connection_->OnCallReset(
      is_known_,
      DeadlineOf(context_) <= absl::Now() + absl::FromChrono(kResetTime));
}

void CallRecord::Finish(const absl::Status& status) const {
  if (connection_ != nullptr && !is_known_ && !IsOfServer(status)) {
    connection_->OnAnonymousCall();
  }
  const absl::Duration latency =
      absl::FromChrono(std::chrono::steady_clock::now() - start_);
  observer_.OnCallFinished(rpc_, status.code(), latency);
  LogEach(LogLevel::kInfo, "request",
          {{"rpc", rpc_},
           {"status", absl::StatusCodeToString(status.code())},
           {"reason", Reason(status)},
           {"latency_ms", absl::ToDoubleMilliseconds(latency)},
           {"project_id", project_},
           {"caller", is_admin_ ? "administrator" : ""},
           {"request_id", request_id_},
           {"trace_id", span_.trace_id},
           {"span_id", span_.span_id},
           {"parent_id", span_.parent_id}});
}

}  // namespace webhooks::server
