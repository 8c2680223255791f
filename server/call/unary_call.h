#ifndef WEBHOOKS_SERVER_CALL_UNARY_CALL_H_
#define WEBHOOKS_SERVER_CALL_UNARY_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/store.h"

namespace grpc {
class CallbackServerContext;
}

namespace webhooks::server {

// One unary call from its arrival to its log line: its request id, deadline and
// cancellation. Deletes itself when gRPC is done with it.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // `rpc` is "package.Service/Method", for the log; it must outlive the call.
  UnaryCall(absl::string_view rpc, grpc::CallbackServerContext& context);

  // The value of metadata entry x-api-key, or "" if there is none or more than
  // one.
  absl::string_view api_key() const { return api_key_; }

  // The caller's deadline, and its cancellation once it comes.
  CallOptions options() const;

  // The project that the call turned out to be of.
  void set_project(const std::string& project);

  // Answers the call, exactly once and as the last touch; the response, if any,
  // has been filled in.
  void End(const absl::Status& status);

 private:
  // Others hold calls only by the pointer that gRPC was given.
  ~UnaryCall() override = default;

  void OnCancel() override;
  void OnDone() override;
  void LogEnd(const absl::Status& status) const;

  const absl::string_view rpc_;
  grpc::CallbackServerContext& context_;
  const absl::Time start_;
  std::string api_key_;
  std::string request_id_;
  std::string trace_id_;
  std::string project_;
  const std::shared_ptr<std::atomic<bool>> cancelled_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_UNARY_CALL_H_
