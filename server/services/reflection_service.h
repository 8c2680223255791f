#ifndef WEBHOOKS_SERVER_SERVICES_REFLECTION_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_REFLECTION_SERVICE_H_

#include <memory>
#include <string>
#include <vector>

#include "server/call/call_observer.h"
#include "server/call/methods.h"

namespace webhooks::server {

// A service whose streams last until the client or Stop ends them.
class StoppableService {
 public:
  virtual ~StoppableService() = default;
  // Adds the methods of the service. This must outlive their calls.
  virtual void AddTo(Methods& methods) = 0;
  // Ends all streams, including future ones.
  virtual void Stop() = 0;
};

// Returns gRPC server reflection for the linked descriptors
// (https://github.com/grpc/grpc/blob/master/doc/server-reflection.md).
// `services` are the full names that ListServices returns. Needs no API key:
// the contract is public. `observer` must outlive it. More than
// `streams_per_client` open streams of a client are RESOURCE_EXHAUSTED
// (TOO_MANY_STREAMS).
std::unique_ptr<StoppableService> MakeReflectionV1(
    std::vector<std::string> services, CallObserver& observer,
    int streams_per_client);

// Returns the same service under its older name, which grpcurl before 1.8.8 and
// grpc_cli use.
std::unique_ptr<StoppableService> MakeReflectionV1Alpha(
    std::vector<std::string> services, CallObserver& observer,
    int streams_per_client);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_REFLECTION_SERVICE_H_
