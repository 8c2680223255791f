#include <memory>
#include <utility>

#include "storage/errors.h"
#include "storage/publishing.h"
#include "storage/sql/rows/event_reader.h"
#include "storage/sql/rows/event_rows.h"
#include "storage/sql/rows/fan_out.h"
#include "storage/sql/rows/kept_answer_rows.h"
#include "storage/sql/sql_store.h"

// The part of SqlStore that is EventStore.
namespace webhooks::sql {
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

absl::StatusOr<Batch> BatchOf(const absl::StatusOr<FanOut::Results>& results) {
  if (!results.ok()) return results.status();
  Batch batch;
  for (const auto& result : *results) *batch.add_results() = ResultOf(result);
  return batch;
}

absl::StatusOr<v1::PublishEventResponse> OneOf(
    const absl::StatusOr<FanOut::Results>& results) {
  if (!results.ok()) return results.status();
  return results->front();
}

}  // namespace

template <typename T>
struct SqlStore::Publication {
  std::string project;
  FanOut fan_out;
  std::optional<Idempotency> idempotency;
  CallOptions options;
  std::size_t bytes;
  absl::StatusOr<T> (*answer)(const absl::StatusOr<FanOut::Results>&);
  Done<Created<T>> done;
  // True once its deliveries are inserted.
  bool is_prepared = false;
  // True if the last transaction found that it needs steps.
  bool needs_steps = false;
};

// Publishes in one transaction, or inserts the deliveries in steps first if
// there are many.
template <typename T>
void SqlStore::Publish(std::shared_ptr<Publication<T>> call) {
  WriteAndNotify<Created<T>>(
      call->project, call->options,
      [this, call](Connection& connection,
                   Notifications& notifications) -> absl::StatusOr<Created<T>> {
        call->needs_steps = false;
        absl::Status project = CheckProject(connection, call->project);
        if (!project.ok()) return project;
        KeptAnswerRows answers(connection, *sealer_);
        return PerformOnce<T>(
            answers, call->idempotency, [&]() -> absl::StatusOr<T> {
              if (!call->is_prepared) {
                const auto needs_steps = call->fan_out.Plan(connection);
                if (!needs_steps.ok()) return needs_steps.status();
                call->needs_steps = *needs_steps;
                if (*needs_steps) return absl::UnknownError("in steps");
              }
              return call->answer(call->fan_out.Finish(
                  connection, TraceOf(call->options), notifications));
            });
      },
      [this, call](absl::StatusOr<Created<T>> result) {
        const bool needs_steps =
            call->needs_steps && absl::IsUnknown(result.status());
        if (needs_steps) return PublishInSteps(call);
        std::move(call->done)(std::move(result));
      },
      {.prefetch =
           [this, call](Connection& connection) {
             PrefetchProject(connection, call->project);
             if (call->idempotency) {
               KeptAnswerRows(connection, *sealer_)
                   .Prefetch(*call->idempotency);
             }
             if (!call->is_prepared) call->fan_out.Prefetch(connection);
           },
       .bytes = call->bytes,
       .length = call->is_prepared ? GroupWriter::Length::kLong
                                   : GroupWriter::Length::kShort});
}

template <typename T>
void SqlStore::PublishInSteps(std::shared_ptr<Publication<T>> call) {
  WriteAndNotify<bool>(
      call->project, call->options,
      [call](Connection& connection, Notifications&) {
        return call->fan_out.Step(connection);
      },
      [this, call](const absl::StatusOr<bool>& was_last) {
        if (!was_last.ok()) return std::move(call->done)(was_last.status());
        call->fan_out.StepCommitted();
        if (!*was_last) return PublishInSteps(call);
        call->is_prepared = true;
        Publish(call);
      },
      {.length = GroupWriter::Length::kLong});
}

void SqlStore::PublishEvents(absl::string_view project, MaybeEvents events,
                             const std::optional<Idempotency>& idempotency,
                             const CallOptions& options,
                             Done<Created<Batch>> done) {
  const std::size_t bytes = BytesOf(events);
  Publish(std::shared_ptr<Publication<Batch>>(
      new Publication<Batch>{std::string(project),
                             {std::move(events), reserved_seqs_},
                             idempotency,
                             options,
                             bytes,
                             &BatchOf,
                             std::move(done)}));
}

void SqlStore::PublishEvent(const v1::Event& event,
                            const std::optional<Idempotency>& idempotency,
                            const CallOptions& options,
                            Done<Created<v1::PublishEventResponse>> done) {
  using Response = v1::PublishEventResponse;
  Publish(std::shared_ptr<Publication<Response>>(
      new Publication<Response>{event.id_project(),
                                {{event}, reserved_seqs_},
                                idempotency,
                                options,
                                GroupWriter::kSmallCall + event.ByteSizeLong(),
                                &OneOf,
                                std::move(done)}));
}

void SqlStore::GetEvent(absl::string_view project, absl::string_view id,
                        const CallOptions& options, Done<v1::Event> done) {
  Read<v1::Event>(
      project, options,
      [this, project = std::string(project),
       id = std::string(id)](Connection& connection) {
        return SelectEvent(connection, leases_, project, id);
      },
      std::move(done));
}

void SqlStore::ListEvents(absl::string_view project, const EventFilter& filter,
                          const PageStart<v1::Event>& start,
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

}  // namespace webhooks::sql
