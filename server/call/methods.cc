#include "server/call/methods.h"

#include "absl/status/status.h"
#include "absl/strings/strip.h"
#include "proto/rpc/status.h"
#include "server/call/call_record.h"
#include "server/call/grpc_status.h"

namespace webhooks::server {
namespace {

class UnknownCall final : public CallReactor {
 public:
  UnknownCall(CallContext& context, CallObserver& observer) {
    const absl::Status status = WithReason(
        absl::UnimplementedError("there is no such method"), "METHOD_UNKNOWN");
    CallRecord(absl::StripPrefix(context.method(), "/"), context, observer)
        .Finish(status);
    Finish(ToGrpcStatus(status));
  }

 private:
  void OnDone() override { delete this; }
};

}  // namespace

std::vector<std::string> Methods::names() const {
  std::vector<std::string> names;
  names.reserve(methods_.size());
  for (const auto& [path, begin] : methods_) {
    names.emplace_back(absl::StripPrefix(path, "/"));
  }
  return names;
}

CallReactor* Methods::CreateReactor(CallContext* context) {
  const auto found = methods_.find(context->method());
  if (found == methods_.end()) return new UnknownCall(*context, observer_);
  return found->second(*context);
}

}  // namespace webhooks::server
