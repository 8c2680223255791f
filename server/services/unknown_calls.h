#ifndef WEBHOOKS_SERVER_SERVICES_UNKNOWN_CALLS_H_
#define WEBHOOKS_SERVER_SERVICES_UNKNOWN_CALLS_H_

#include <grpcpp/generic/async_generic_service.h>

#include "server/call/call_observer.h"

namespace webhooks::server {

// Takes the calls of methods that no service has: UNIMPLEMENTED
// (METHOD_UNKNOWN), with a line in the log as any other call, and counted.
class UnknownCalls final : public grpc::CallbackGenericService {
 public:
  // `observer` must outlive this.
  explicit UnknownCalls(CallObserver& observer) : observer_(observer) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  CallObserver& observer_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_UNKNOWN_CALLS_H_
