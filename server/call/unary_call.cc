#include "server/call/unary_call.h"

#include <grpcpp/server_context.h>

#include <chrono>

#include "absl/time/clock.h"
#include "proto/rpc/status.h"
#include "server/call/grpc_status.h"
#include "server/runtime/log.h"
#include "server/runtime/request_id.h"

namespace webhooks::server {
namespace {

// The response metadata that tells the gateway, for its log, whose call it was.
constexpr char kProjectIdKey[] = "x-project-id";

// The value of the entry `key`, or "" if there is none or more than one.
absl::string_view SingleEntry(const grpc::CallbackServerContext& context,
                              const char* key) {
  const auto& metadata = context.client_metadata();
  const auto [first, last] = metadata.equal_range(key);
  if (first == last || std::next(first) != last) return "";
  return {first->second.data(), first->second.size()};
}

}  // namespace

UnaryCall::UnaryCall(absl::string_view rpc,
                     grpc::CallbackServerContext& context)
    : rpc_(rpc),
      context_(context),
      start_(absl::Now()),
      api_key_(SingleEntry(context, "x-api-key")),
      request_id_(RequestIdOr(SingleEntry(context, kRequestIdKey.data()))),
      trace_id_(TraceId(SingleEntry(context, "traceparent"))),
      cancelled_(std::make_shared<std::atomic<bool>>(false)) {
  context_.AddInitialMetadata(std::string(kRequestIdKey), request_id_);
}

CallOptions UnaryCall::options() const {
  const std::chrono::system_clock::time_point deadline = context_.deadline();
  return {deadline == std::chrono::system_clock::time_point::max()
              ? absl::InfiniteFuture()
              : absl::FromChrono(deadline),
          cancelled_};
}

void UnaryCall::set_project(const std::string& project) {
  project_ = project;
  context_.AddInitialMetadata(kProjectIdKey, project);
}

void UnaryCall::End(const absl::Status& status) {
  LogEnd(status);
  Finish(ToGrpcStatus(status));
}

void UnaryCall::OnCancel() { *cancelled_ = true; }

void UnaryCall::OnDone() { delete this; }

void UnaryCall::LogEnd(const absl::Status& status) const {
  LogRequest({{"rpc", rpc_},
              {"status", absl::StatusCodeToString(status.code())},
              {"reason", Reason(status)},
              {"latency_ms", absl::ToDoubleMilliseconds(absl::Now() - start_)},
              {"project_id", project_},
              {"request_id", request_id_},
              {"trace_id", trace_id_}});
}

}  // namespace webhooks::server
