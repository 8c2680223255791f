#ifndef WEBHOOKS_SERVER_SERVICES_EVENT_SERVICE_H_
#define WEBHOOKS_SERVER_SERVICES_EVENT_SERVICE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/call/calls.h"
#include "server/call/id_maker.h"
#include "server/call/methods.h"
#include "server/runtime/clock.h"
#include "server/services/event_rules.h"
#include "storage/event_store.h"
#include "webhooks/v1/event_service.pb.h"

namespace webhooks::server {

// Implements webhooks.v1.EventService; the proto documents its calls.
class EventService final {
 public:
  static constexpr absl::string_view kName = "webhooks.v1.EventService";

  // All must outlive this.
  EventService(Calls& calls, Admission& admission, EventStore& store,
               IdMaker& ids, Clock clock);

  // Adds the methods of the service. This must outlive their calls.
  void AddTo(Methods& methods);

 private:
  CallReactor* Publish(CallContext& context);
  CallReactor* PublishBatch(CallContext& context);
  CallReactor* PublishStream(CallContext& context);
  CallReactor* Get(CallContext& context);
  CallReactor* List(CallContext& context);

  // Returns an event of a batch or a stream, or the error of its checks.
  absl::StatusOr<v1::Event> MakeOneOfMany(
      const std::string& project, const v1::PublishEventRequest& request);
  v1::Event MakeEvent(const std::string& project,
                      const v1::PublishEventRequest& request);

  // Returns the check that every method passes to Calls.
  template <typename Request>
  Calls::Check<Request> Rules() {
    return [this](const Request& request) { return rules_.Check(request); };
  }

  Calls& calls_;
  Admission& admission_;
  EventStore& store_;
  IdMaker& ids_;
  const Clock clock_;
  const EventRules rules_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_EVENT_SERVICE_H_
