#ifndef WEBHOOKS_SERVER_SERVICES_EVENT_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_EVENT_SERVICE_H_

#include <string>

#include "server/call/calls.h"
#include "server/call/clock.h"
#include "server/call/entropy.h"
#include "server/services/event_rules.h"
#include "storage/event_store.h"
#include "webhooks/v1/event_service.grpc.pb.h"

namespace webhooks::server {

// The generated service with every method raw.
struct RawEventService {
  using S = v1::EventService;
  using Type =
      S::WithRawCallbackMethod_Publish<S::WithRawCallbackMethod_PublishBatch<
          S::WithRawCallbackMethod_PublishStream<S::WithRawCallbackMethod_Get<
              S::WithRawCallbackMethod_List<S::Service>>>>>;
};

// webhooks.v1.EventService; what its calls promise stands in the proto.
class EventService final : public RawEventService::Type {
 public:
  // All must outlive this.
  EventService(Calls& calls, Admission& admission, EventStore& store,
               Entropy& entropy, Clock clock);

  using Context = grpc::CallbackServerContext;
  using Bytes = grpc::ByteBuffer;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* Publish(Context* context, const Bytes* request,
                   Bytes* response) override;
  Reactor* PublishBatch(Context* context, const Bytes* request,
                        Bytes* response) override;
  grpc::ServerReadReactor<Bytes>* PublishStream(Context* context,
                                                Bytes* response) override;
  Reactor* Get(Context* context, const Bytes* request,
               Bytes* response) override;
  Reactor* List(Context* context, const Bytes* request,
                Bytes* response) override;

 private:
  // An event of a batch or a stream, or what is wrong with it.
  absl::StatusOr<v1::Event> MakeOneOfMany(
      const std::string& project, const v1::PublishEventRequest& request);
  v1::Event MakeEvent(const std::string& project,
                      const v1::PublishEventRequest& request);

  // What every method passes to Calls as its check.
  template <typename Request>
  Calls::Check<Request> Rules() {
    return [this](const Request& request) { return rules_.Check(request); };
  }

  Calls& calls_;
  Admission& admission_;
  EventStore& store_;
  Entropy& entropy_;
  const Clock clock_;
  const EventRules rules_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_EVENT_SERVICE_H_
