#ifndef WEBHOOKS_STORAGE_EVENT_STORE_H_
#define WEBHOOKS_STORAGE_EVENT_STORE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/call.h"
#include "storage/page.h"
#include "webhooks/v1/event.pb.h"
#include "webhooks/v1/event_service.pb.h"

namespace webhooks {

// From `start`, and before `end`.
struct TimeRange {
  absl::Time start = absl::InfinitePast();
  absl::Time end = absl::InfiniteFuture();
};

// Which events to list; see ListEventsRequest.
struct EventFilter {
  std::optional<std::string> type = std::nullopt;
  TimeRange published = {};
};

// The events of every project. What Store promises of its calls holds here. An
// event of another project is as one that is not there: NOT_FOUND
// (EVENT_NOT_FOUND).
class EventStore {
 public:
  virtual ~EventStore() = default;

  // Stores an event as it is, with a delivery for every webhook of the project
  // whose scope holds its type, in one transaction: the caller has made its id
  // and time and checked every field. Where the project has the same event
  // already, ends with what was answered for the first. ALREADY_EXISTS
  // (EVENT_ID_REUSED): the project has another event with this id. NOT_FOUND
  // (PROJECT_NOT_FOUND): the project is gone. The deliveries are leased with
  // the trace of `options`.
  virtual void PublishEvent(const v1::Event& event,
                            const std::optional<Idempotency>& once,
                            const CallOptions& options,
                            Done<Created<v1::PublishEventResponse>> done) = 0;

  // Does the same as PublishEvent for several events of `project`, in one
  // transaction. Each has a result of its own, in their order; one that is an
  // error already has that. FAILED_PRECONDITION (FAN_OUT_TOO_LARGE): several
  // events make more than kMaxFanOut deliveries; nothing is stored.
  using MaybeEvents = std::vector<absl::StatusOr<v1::Event>>;
  virtual void PublishEvents(
      absl::string_view project, MaybeEvents events,
      const std::optional<Idempotency>& once, const CallOptions& options,
      Done<Created<v1::PublishEventBatchResponse>> done) = 0;

  // Reads one event.
  virtual void GetEvent(absl::string_view project, absl::string_view id,
                        const CallOptions& options, Done<v1::Event> done) = 0;

  // Reads the events of `project` that `filter` lets through, the newest first.
  // An event that is there all the while is on exactly one of the pages that
  // follow one another.
  virtual void ListEvents(absl::string_view project, const EventFilter& filter,
                          const PageStart<v1::Event>& start,
                          const CallOptions& options,
                          Done<Page<v1::Event>> done) = 0;

  static constexpr int kMaxFanOut = 50'000;

  // The most bytes that the data of an event has: the caller has checked it.
  static constexpr std::size_t kMaxEventBytes = 256 << 10;

  // The most deliveries that GetEvent and ListEvents show of an event.
  static constexpr int kShownDeliveries = 100;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_EVENT_STORE_H_
