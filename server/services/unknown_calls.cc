#include "server/services/unknown_calls.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/strip.h"
#include "proto/rpc/status.h"
#include "server/call/call_record.h"
#include "server/call/grpc_status.h"

namespace webhooks::server {
namespace {

class UnknownCall final : public grpc::ServerGenericBidiReactor {
 public:
  explicit UnknownCall(grpc::GenericCallbackServerContext& context) {
    const std::string rpc(absl::StripPrefix(context.method(), "/"));
    const absl::Status status = WithReason(
        absl::UnimplementedError("there is no such method"), "METHOD_UNKNOWN");
    CallRecord(rpc, context).End(status);
    Finish(ToGrpcStatus(status));
  }

 private:
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerGenericBidiReactor* UnknownCalls::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  return new UnknownCall(*context);
}

}  // namespace webhooks::server
