#include "server/services/event_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/json/compact_json.h"
#include "proto/time.h"
#include "server/services/event_type_filter.h"
#include "server/services/lists.h"
#include "server/services/publish_stream.h"
#include "storage/uuid.h"

namespace webhooks::server {
namespace {

constexpr absl::string_view kEvents = "events";

}  // namespace

EventService::EventService(Calls& calls, Admission& admission,
                           EventStore& store, IdMaker& ids, Clock clock)
    : calls_(calls),
      admission_(admission),
      store_(store),
      ids_(ids),
      clock_(std::move(clock)),
      rules_{clock_} {}

void EventService::AddTo(Methods& methods) {
  methods.Add(kName, "Publish", *this, &EventService::Publish);
  methods.Add(kName, "PublishBatch", *this, &EventService::PublishBatch);
  methods.Add(kName, "PublishStream", *this, &EventService::PublishStream);
  methods.Add(kName, "Get", *this, &EventService::Get);
  methods.Add(kName, "List", *this, &EventService::List);
}

CallReactor* EventService::Publish(CallContext& context) {
  return calls_.UnaryOnce<v1::PublishEventRequest, v1::PublishEventResponse>(
      context, {Rules<v1::PublishEventRequest>()},
      [this](const Caller& caller, const v1::PublishEventRequest& wanted,
             const std::optional<Idempotency>& idempotency,
             Done<Created<v1::PublishEventResponse>> done) {
        store_.PublishEvent(MakeEvent(caller.project, wanted), idempotency,
                            caller.options, std::move(done));
      });
}

CallReactor* EventService::PublishBatch(CallContext& context) {
  return calls_
      .UnaryOnce<v1::PublishEventBatchRequest, v1::PublishEventBatchResponse>(
          context, {Rules<v1::PublishEventBatchRequest>()},
          [this](const Caller& caller,
                 const v1::PublishEventBatchRequest& wanted,
                 const std::optional<Idempotency>& idempotency,
                 Done<Created<v1::PublishEventBatchResponse>> done) {
            EventStore::MaybeEvents events;
            for (const v1::PublishEventRequest& one : wanted.events()) {
              events.push_back(MakeOneOfMany(caller.project, one));
            }
            store_.PublishEvents(caller.project, std::move(events), idempotency,
                                 caller.options, std::move(done));
          });
}

CallReactor* EventService::PublishStream(CallContext& context) {
  return server::PublishStream::Start(
      context, admission_, store_, calls_.observer(),
      [this](const std::string& project,
             const v1::PublishEventRequest& request) {
        return MakeOneOfMany(project, request);
      });
}

CallReactor* EventService::Get(CallContext& context) {
  return calls_.Unary<v1::GetEventRequest, v1::Event>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::GetEventRequest& wanted,
             Done<v1::Event> done) {
        store_.GetEvent(caller.project, wanted.id(), caller.options,
                        std::move(done));
      });
}

CallReactor* EventService::List(CallContext& context) {
  return calls_.Unary<v1::ListEventsRequest, v1::ListEventsResponse>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::ListEventsRequest& wanted,
             Done<v1::ListEventsResponse> done) {
        const std::string list =
            ListName(kEvents, caller.project, WithOneTypeName(wanted));
        const auto start =
            ReadPage<v1::Event>(list, wanted, rules_.Check(wanted));
        if (!start.ok()) return std::move(done)(start.status());
        const EventFilter filter{TypeFilter(wanted), PublishedRange(wanted)};
        store_.ListEvents(
            caller.project, filter, *start, caller.options,
            AnswerWithPage(list, &v1::ListEventsResponse::mutable_events,
                           std::move(done)));
      });
}

absl::StatusOr<v1::Event> EventService::MakeOneOfMany(
    const std::string& project, const v1::PublishEventRequest& request) {
  absl::Status good = rules_.CheckOneOfMany(request);
  if (!good.ok()) return good;
  return MakeEvent(project, request);
}

v1::Event EventService::MakeEvent(const std::string& project,
                                  const v1::PublishEventRequest& request) {
  const absl::Time now = clock_();
  v1::Event event;
  event.set_id_project(project);
  const std::optional<Uuid> given = ParseUuid(request.id_event());
  event.set_id_event(given ? FormatUuid(*given) : ids_.Make());
  event.set_type(request.type());
  if (request.has_data()) {
    std::string data = *CompactJson(request.data(), kMaxDataDepth);
    // The data of an event without data is null.
    if (data != "null") event.set_data(std::move(data));
  }
  *event.mutable_created_at() = ToTimestamp(now);
  if (request.has_deliver_at()) {
    *event.mutable_deliver_at() =
        ToTimestamp(FromTimestamp(request.deliver_at()));
  }
  return event;
}

}  // namespace webhooks::server
