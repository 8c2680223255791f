#ifndef WEBHOOKS_SERVER_SERVICES_UNKNOWN_CALLS_H_
#define WEBHOOKS_SERVER_SERVICES_UNKNOWN_CALLS_H_

#include <grpcpp/generic/async_generic_service.h>

namespace webhooks::server {

// Takes the calls of methods that no service has: UNIMPLEMENTED
// (METHOD_UNKNOWN), with a line in the log as any other call.
class UnknownCalls final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_UNKNOWN_CALLS_H_
