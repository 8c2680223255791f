#ifndef WEBHOOKS_SERVER_SERVICES_REFLECTION_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_REFLECTION_SERVICE_H_

#include <memory>
#include <string>
#include <vector>

#include "server/call/call_observer.h"
#include "server/call/methods.h"

namespace webhooks::server {

// A service whose streams last as long as their client likes.
class StoppableService {
 public:
  virtual ~StoppableService() = default;
  // Adds its methods. It must outlive their calls.
  virtual void AddTo(Methods& methods) = 0;
  // Ends its streams, those that are yet to come as well.
  virtual void Stop() = 0;
};

// gRPC server reflection over the descriptors that are linked in
// (https://github.com/grpc/grpc/blob/master/doc/server-reflection.md).
// `services` is what ListServices tells, by full name. Needs no API key: the
// contract is public. `observer` must outlive it. RESOURCE_EXHAUSTED
// (TOO_MANY_STREAMS): the client has `streams_per_client` open.
std::unique_ptr<StoppableService> MakeReflectionV1(
    std::vector<std::string> services, CallObserver& observer,
    int streams_per_client);

// The same under its older name, which grpcurl before 1.8.8 and grpc_cli ask.
std::unique_ptr<StoppableService> MakeReflectionV1Alpha(
    std::vector<std::string> services, CallObserver& observer,
    int streams_per_client);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_REFLECTION_SERVICE_H_
