#include <cstdint>

#include "storage/changes.h"
#include "storage/errors.h"
#include "storage/sqlite/answer_rows.h"
#include "storage/sqlite/event_rows.h"
#include "storage/sqlite/sqlite_store.h"

// The part of SqliteStore that is EventStore.
namespace webhooks::sqlite {
namespace {

using Batch = v1::PublishEventBatchResponse;

std::size_t BytesOf(const EventStore::MaybeEvents& events) {
  std::size_t bytes = GroupWriter::kSmallCall;
  for (const auto& event : events) {
    bytes += event.ok() ? event->ByteSizeLong() : 0;
  }
  return bytes;
}

TraceHeaders TraceOf(const CallOptions& options) {
  return options.trace == nullptr ? TraceHeaders() : *options.trace;
}

// Each event's result; an error of the database is of all, and so is too large
// a fan-out: it would keep the writer from everybody else for long.
absl::StatusOr<Batch> InsertEvents(Connection& connection,
                                   const EventStore::MaybeEvents& events,
                                   const TraceHeaders& trace, DueNotes& notes) {
  Batch batch;
  std::int64_t deliveries = 0;
  for (const absl::StatusOr<v1::Event>& event : events) {
    const auto published =
        event.ok() ? InsertEvent(connection, *event, trace, notes)
                   : absl::StatusOr<v1::PublishEventResponse>(event.status());
    const bool is_its_own =
        !event.ok() || absl::IsAlreadyExists(published.status());
    if (!published.ok() && !is_its_own) return published.status();
    if (published.ok()) deliveries += published->matched_webhooks();
    if (events.size() > 1 && deliveries > EventStore::kMaxFanOut) {
      return FanOutTooLarge();
    }
    *batch.add_results() = ResultOf(published);
  }
  return batch;
}

}  // namespace

void SqliteStore::PublishEvents(absl::string_view project, MaybeEvents events,
                                const std::optional<Idempotency>& once,
                                const CallOptions& options,
                                Done<Created<Batch>> done) {
  const std::size_t bytes = BytesOf(events);
  WriteNoting<Created<Batch>>(
      options,
      [this, project = std::string(project), events = std::move(events), once,
       trace = TraceOf(options)](Connection& connection, DueNotes& notes)
          -> absl::StatusOr<Created<Batch>> {
        absl::Status there = CheckProject(connection, project);
        if (!there.ok()) return there;
        return PerformOnce<Batch>(connection, *sealer_, once, [&] {
          return InsertEvents(connection, events, trace, notes);
        });
      },
      std::move(done), nullptr, bytes);
}

void SqliteStore::PublishEvent(const v1::Event& event,
                               const std::optional<Idempotency>& once,
                               const CallOptions& options,
                               Done<Created<v1::PublishEventResponse>> done) {
  using Response = v1::PublishEventResponse;
  WriteNoting<Created<Response>>(
      options,
      [this, event, once, trace = TraceOf(options)](
          Connection& connection,
          DueNotes& notes) -> absl::StatusOr<Created<Response>> {
        absl::Status there = CheckProject(connection, event.id_project());
        if (!there.ok()) return there;
        return PerformOnce<Response>(connection, *sealer_, once, [&] {
          return InsertEvent(connection, event, trace, notes);
        });
      },
      std::move(done), nullptr, GroupWriter::kSmallCall + event.ByteSizeLong());
}

void SqliteStore::GetEvent(absl::string_view project, absl::string_view id,
                           const CallOptions& options, Done<v1::Event> done) {
  Read<v1::Event>(
      project, options,
      [this, project = std::string(project),
       id = std::string(id)](Connection& connection) {
        return SelectEvent(connection, leases_, project, id);
      },
      std::move(done));
}

void SqliteStore::ListEvents(absl::string_view project,
                             const EventFilter& filter, const PageStart& start,
                             const CallOptions& options,
                             Done<Page<v1::Event>> done) {
  Read<Page<v1::Event>>(
      project, options,
      [this, project = std::string(project), filter,
       start](Connection& connection) {
        return SelectEvents(connection, leases_, project, filter, start);
      },
      std::move(done));
}

}  // namespace webhooks::sqlite
