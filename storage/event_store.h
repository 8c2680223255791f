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
#include "storage/idempotency.h"
#include "storage/page.h"
#include "webhooks/v1/event.pb.h"
#include "webhooks/v1/event_service.pb.h"

namespace webhooks {

// A range of times, from `start` to before `end`.
struct TimeRange {
  absl::Time start = absl::InfinitePast();
  absl::Time end = absl::InfiniteFuture();
};

// Selects events; see ListEventsRequest.
struct EventFilter {
  std::optional<std::string> type = std::nullopt;
  TimeRange published = {};
};

// The events of every project. The promises of Store hold here. An event of
// another project is treated like one that does not exist: NOT_FOUND
// (EVENT_NOT_FOUND).
class EventStore {
 public:
  virtual ~EventStore() = default;

  // Stores an event, and a delivery to every webhook of the project whose scope
  // includes its type, in one transaction. The caller has made its id and time
  // and checked every field. If the project has the same event already, returns
  // the answer for that. The deliveries are leased with the trace of `options`.
  // ALREADY_EXISTS (EVENT_ID_REUSED): the project has another event with this
  // id. NOT_FOUND (PROJECT_NOT_FOUND): the project does not exist.
  virtual void PublishEvent(const v1::Event& event,
                            const std::optional<Idempotency>& idempotency,
                            const CallOptions& options,
                            Done<Created<v1::PublishEventResponse>> done) = 0;

  // Does the same as PublishEvent for several events of `project`, in one
  // transaction. Returns a result for each, in their order; an element of
  // `events` that is an error is its own result. FAILED_PRECONDITION
  // (FAN_OUT_TOO_LARGE): several events make more than kMaxFanOut deliveries;
  // nothing is stored.
  using MaybeEvents = std::vector<absl::StatusOr<v1::Event>>;
  virtual void PublishEvents(
      absl::string_view project, MaybeEvents events,
      const std::optional<Idempotency>& idempotency, const CallOptions& options,
      Done<Created<v1::PublishEventBatchResponse>> done) = 0;

  // Reads one event.
  virtual void GetEvent(absl::string_view project, absl::string_view id,
                        const CallOptions& options, Done<v1::Event> done) = 0;

  // Reads a page of the events of `project` that `filter` accepts, the newest
  // first. An event that exists while all pages are read is on exactly one of
  // them.
  virtual void ListEvents(absl::string_view project, const EventFilter& filter,
                          const PageStart<v1::Event>& start,
                          const CallOptions& options,
                          Done<Page<v1::Event>> done) = 0;

  static constexpr int kMaxFanOut = 50'000;

  // The maximum size of the data of an event; the caller has checked it.
  static constexpr std::size_t kMaxEventBytes = 256 << 10;

  // The maximum number of deliveries that GetEvent and ListEvents show.
  static constexpr int kShownDeliveries = 100;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_EVENT_STORE_H_
