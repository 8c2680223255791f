#ifndef WEBHOOKS_SERVER_SERVICES_DELIVERY_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_DELIVERY_SERVICE_H_

#include "server/call/calls.h"
#include "server/call/clock.h"
#include "storage/delivery_store.h"
#include "webhooks/v1/delivery_service.grpc.pb.h"

namespace webhooks::server {

// The generated service with every method raw.
struct RawDeliveryService {
  using S = v1::DeliveryService;
  using Type = S::WithRawCallbackMethod_List<
      S::WithRawCallbackMethod_Get<S::WithRawCallbackMethod_Retry<
          S::WithRawCallbackMethod_Cancel<S::Service>>>>;
};

// webhooks.v1.DeliveryService; what its calls promise stands in the proto.
class DeliveryService final : public RawDeliveryService::Type {
 public:
  // All must outlive this.
  DeliveryService(Calls& calls, DeliveryStore& store, Clock clock);

  using Context = grpc::CallbackServerContext;
  using Bytes = grpc::ByteBuffer;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* List(Context* context, const Bytes* request,
                Bytes* response) override;
  Reactor* Get(Context* context, const Bytes* request,
               Bytes* response) override;
  Reactor* Retry(Context* context, const Bytes* request,
                 Bytes* response) override;
  Reactor* Cancel(Context* context, const Bytes* request,
                  Bytes* response) override;

 private:
  void ListPage(const Caller& caller, const v1::ListDeliveriesRequest& wanted,
                Done<v1::ListDeliveriesResponse> done);

  Calls& calls_;
  DeliveryStore& store_;
  const Clock clock_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_DELIVERY_SERVICE_H_
