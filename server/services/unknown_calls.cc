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
  UnknownCall(grpc::GenericCallbackServerContext& context,
              CallObserver& observer) {
    const std::string rpc(absl::StripPrefix(context.method(), "/"));
    const absl::Status status = WithReason(
        absl::UnimplementedError("there is no such method"), "METHOD_UNKNOWN");
    CallRecord(rpc, context, observer).End(status);
    Finish(ToGrpcStatus(status));
  }

 private:
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerGenericBidiReactor* UnknownCalls::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  return new UnknownCall(*context, observer_);
}

}  // namespace webhooks::server
