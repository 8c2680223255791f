#include <iostream>
#include <iterator>

#include "proto/time.h"
#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/event_service.pb.h"

namespace webhooks::ctl {
namespace {

absl::Status PublishEvent(Session& session) {
  v1::PublishEventRequest request;
  request.set_type(session.arguments[0]);
  request.set_data(session.arguments[1]);
  if (request.data() == "-") {
    request.set_data(std::string(std::istreambuf_iterator<char>(std::cin), {}));
  }
  const Options& options = session.options;
  if (options.id_event) request.set_id_event(*options.id_event);
  if (options.deliver_at) {
    *request.mutable_deliver_at() = ToTimestamp(*options.deliver_at);
  }
  request.set_request_id(NewRequestId());
  return PrintResult(session, session.client.Call<v1::PublishEventResponse>(
                                  "webhooks.v1.EventService/Publish", request));
}

absl::Status ListEvents(Session& session) {
  v1::ListEventsRequest wanted;
  if (session.options.event_type) {
    wanted.set_event_type(*session.options.event_type);
  }
  SetTimes(session.options, wanted);
  const auto events = ListAll<v1::Event>(
      session, wanted,
      [&](const auto& request) {
        return session.client.Call<v1::ListEventsResponse>(
            "webhooks.v1.EventService/List", request);
      },
      [](const auto& page) { return page.events(); });
  if (!events.ok()) return events.status();
  return PrintRows(session, *events,
                   {"id_event", "type", "created_at", "matched_webhooks"});
}

absl::Status GetEvent(Session& session) {
  v1::GetEventRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session, session.client.Call<v1::Event>(
                                  "webhooks.v1.EventService/Get", request));
}

absl::Status DeliverEvent(Session& session) {
  v1::DeliverEventRequest request;
  request.set_id(session.arguments[0]);
  request.set_id_webhook_endpoint(session.arguments[1]);
  request.set_request_id(NewRequestId());
  return PrintResult(session,
                     session.client.Call<v1::Delivery>(
                         "webhooks.v1.DeliveryService/Deliver", request));
}

}  // namespace

std::vector<Command> EventCommands() {
  return {
      {"event publish",
       "TYPE DATA",
       {"id_event", "deliver_at"},
       "Publishes an event; DATA is JSON, or - to read it from standard input.",
       &PublishEvent},
      {"event list",
       "",
       {"event_type", "start_time", "end_time", "since", "limit"},
       "Lists the events of the key's project, newest first.",
       &ListEvents},
      {"event get", "EVENT", {}, "Shows one event.", &GetEvent},
      {"event deliver",
       "EVENT WEBHOOK",
       {},
       "Delivers an event to a webhook that it did not match.",
       &DeliverEvent},
  };
}

}  // namespace webhooks::ctl
