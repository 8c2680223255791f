#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_EVENT_ROWS_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_EVENT_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/event_store.h"
#include "storage/leases.h"
#include "storage/sqlite/engine/connection.h"
#include "storage/sqlite/rows/due_notes.h"
#include "storage/uuid.h"

// The statements of EventStore. Each function ends as the call that it serves
// and changes inside the caller's transaction, in several steps.
namespace webhooks::sqlite {

// `listeners`: the 16 bytes of the ids of the webhooks that get it, in any
// order; null: all that listen to its type. `seq`: under which its deliveries
// are there already; 0: they are not.
absl::StatusOr<v1::PublishEventResponse> InsertEvent(
    Connection& connection, const v1::Event& event, const TraceHeaders& trace,
    DueNotes& notes, const std::vector<std::string>* listeners = nullptr,
    std::int64_t seq = 0);

// The id of the delivery of the event to the webhook with the 16 bytes
// `webhook`.
Uuid DeliveryId(const v1::Event& event, absl::string_view webhook);

// Returns true if the project has an event with the same id.
absl::StatusOr<bool> HasEvent(Connection& connection, const v1::Event& event);

// These throw what SQLiteCpp throws; for use inside Connection::Guarded.

// A seq that no event has, nor will have but the one that it is for.
std::int64_t InsertPublishingSeq(Connection& connection);
void DeletePublishingSeq(Connection& connection, std::int64_t seq);
// Inserts the delivery of an event that is to come under `seq` to the webhook
// with the 16 bytes `webhook`, if that is still there.
void InsertDeliveryAhead(Connection& connection, const v1::Event& event,
                         std::int64_t seq, const std::string& webhook);

// NOT_FOUND (PROJECT_NOT_FOUND): there is no such project, or it was deleted.
absl::Status CheckProject(Connection& connection, absl::string_view id);

absl::StatusOr<v1::Event> SelectEvent(Connection& connection,
                                      const Leases& leases,
                                      absl::string_view project,
                                      absl::string_view id);

absl::StatusOr<Page<v1::Event>> SelectEvents(Connection& connection,
                                             const Leases& leases,
                                             absl::string_view project,
                                             const EventFilter& filter,
                                             const PageStart<v1::Event>& start);

// The event in the row `seq` as deliveries carry it: id, type, data, created_at
// and project; and its trace. DATA_LOSS (RECORD_DAMAGED): it cannot be read.
// Throws what SQLiteCpp throws; for use inside Connection::Guarded.
absl::StatusOr<v1::Event> SelectEventBody(Connection& connection,
                                          std::int64_t seq,
                                          TraceHeaders& trace);

// When the event in the row `seq` was published; InfiniteFuture: it is not
// there. Throws as SelectEventBody.
absl::Time SelectPublication(Connection& connection, std::int64_t seq);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_EVENT_ROWS_H_
