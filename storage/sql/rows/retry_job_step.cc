#include "storage/sql/rows/retry_job_step.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "proto/time.h"
#include "storage/changes.h"
#include "storage/deactivation.h"
#include "storage/page.h"
#include "storage/publishing.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_rows.h"
#include "storage/sql/rows/delivery_states.h"
#include "storage/sql/rows/late_deliveries.h"
#include "storage/sql/rows/project_rows.h"
#include "storage/sql/rows/webhook_reader.h"

namespace webhooks::sql {
namespace {

using v1::RetryJob;

// The maximum number of deliveries or events that one step examines. They take
// some milliseconds, for which other writes wait.
constexpr int kMaxExamined = 200;

// The maximum number of rows that one step reads to find them.
constexpr int kMaxRead = 2000;

// The deliveries that a step has found.
struct Found {
  // The 16 bytes of deliveries to retry.
  std::vector<std::string> existing;
  // Deliveries to make, each with the seq of its event.
  std::vector<std::pair<Uuid, std::int64_t>> missing;

  int size() const {
    return static_cast<int>(existing.size() + missing.size());
  }
};

bool MakesDeliveries(const RetryJob& job) {
  return job.selection() == RetryJob::NEVER_MATCHED ||
         job.selection() == RetryJob::ALL;
}

// Returns true if the job retries deliveries in this stored state. `is_retry`
// is true if an attempt has failed since the schedule last restarted.
bool Retries(const RetryJob& job, v1::Delivery::State state, bool is_retry) {
  switch (state) {
    case v1::Delivery::FAILED:
      return job.selection() == RetryJob::FAILED ||
             job.selection() == RetryJob::ALL;
    case v1::Delivery::DELIVERED:
      return job.selection() == RetryJob::DELIVERED ||
             job.selection() == RetryJob::ALL;
    case v1::Delivery::PENDING:
      return job.include_waiting() && is_retry;
    default:
      return false;
  }
}

// Returns true if the event of the delivery has the type that the job wants.
bool HasWantedType(Connection& connection, const RetryJob& job,
                   const std::string& delivery) {
  if (!job.has_event_type()) return true;
  Statement row = connection.Prepared(
      "SELECT 1 FROM deliveries d JOIN events e ON e.seq = d.event_seq"
      " WHERE d.id = ? AND e.type = ?");
  BindBytes(row, 1, delivery);
  BindText(row, 2, job.event_type());
  return row.Step();
}

// Bounds of the ids of the deliveries that the job has left to examine, both
// exclusive.
std::string FirstOf(const RetryJobRow& row) {
  if (!row.position.empty() || !row.job.has_start_time()) return row.position;
  return LowestIdAt(FromTimestamp(row.job.start_time()));
}
std::string EndOf(const RetryJob& job) {
  return LowestIdAt(FromTimestamp(job.end_time()));
}

// Returns true if the job examines the failed deliveries of the project, which
// have an index, instead of all deliveries of the webhook.
bool ExaminesFailed(const RetryJob& job) {
  return job.selection() == RetryJob::FAILED && !job.include_waiting();
}

// Examines the next deliveries.
RetryJobStep ExamineDeliveries(Connection& connection, const Leases& leases,
                               RetryJobRow& job, Found& found) {
  static const std::string& of_project = *new std::string(absl::StrCat(
      "SELECT id, webhook_id, state, attempts > schedule_base FROM deliveries"
      " INDEXED BY failed_deliveries WHERE project_id = ? AND ",
      kIsFailed, " AND id > ? AND id < ? ORDER BY id LIMIT ?"));
  constexpr absl::string_view kOfWebhook =
      "SELECT id, webhook_id, state, attempts > schedule_base FROM deliveries"
      " INDEXED BY deliveries_by_webhook WHERE webhook_id = ? AND id > ?"
      " AND id < ? ORDER BY id LIMIT ?";
  const bool only_failed = ExaminesFailed(job.job);
  Statement row = connection.Prepared(
      only_failed ? absl::string_view(of_project) : kOfWebhook);
  const std::string webhook = UuidBytes(job.job.id_webhook_endpoint());
  const std::string first = FirstOf(job);
  const std::string end = EndOf(job.job);
  BindUuid(row, 1,
           only_failed ? job.job.id_project() : job.job.id_webhook_endpoint());
  BindBytes(row, 2, first);
  BindBytes(row, 3, end);
  row.Bind(4, kMaxRead);
  RetryJobStep step;
  int read = 0;
  while (step.examined < kMaxExamined && row.Step()) {
    ++read;
    job.position = std::string(BlobColumn(row, 0));
    const auto state = static_cast<v1::Delivery::State>(row.Int(2));
    if (!Retries(job.job, state, row.Int(3) != 0)) continue;
    ++step.examined;
    if (BlobColumn(row, 1) == webhook && !leases.HasBegun(job.position) &&
        HasWantedType(connection, job.job, job.position)) {
      found.existing.push_back(job.position);
    }
  }
  step.is_last = step.examined < kMaxExamined && read < kMaxRead;
  return step;
}

// Returns true if the job delivers events of `type`: the type that it names, or
// else those in the present scope of the webhook. Of the events that report a
// deactivation, a webhook for every type gets a selection only, so it must list
// their type.
bool IsWanted(Connection& connection, const RetryJob& job,
              const std::string& type) {
  if (job.has_event_type()) return type == job.event_type();
  Statement row = connection.Prepared(
      "SELECT 1 FROM subscriptions WHERE project_id = ?1 AND webhook_id = ?2"
      " AND event_type IN (?3, ?4)");
  const std::string every_type = type == kDeactivatedType ? type : "";
  BindUuid(row, 1, job.id_project());
  BindUuid(row, 2, job.id_webhook_endpoint());
  BindText(row, 3, type);
  BindText(row, 4, every_type);
  return row.Step();
}

// Returns the position of the last event that was examined; nullopt if the
// position of the job is not an event.
std::optional<EventPosition> ParsePosition(absl::string_view position) {
  std::int64_t millis = 0;
  std::int64_t seq = 0;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(position, ' ');
  if (!absl::SimpleAtoi(parts.first, &millis) ||
      !absl::SimpleAtoi(parts.second, &seq)) {
    return std::nullopt;
  }
  return EventPosition{absl::FromUnixMillis(millis), seq};
}

std::string FormatPosition(absl::Time created_at, std::int64_t seq) {
  return absl::StrCat(absl::ToUnixMillis(created_at), " ", seq);
}

// Returns the position of the last event that was examined, or one before the
// first event.
EventPosition ReadPosition(const RetryJobRow& row) {
  if (const auto position = ParsePosition(row.position)) return *position;
  const absl::Time start = row.job.has_start_time()
                               ? FromTimestamp(row.job.start_time())
                               : absl::InfinitePast();
  return {start, INT64_MIN};
}

// Adds the delivery of the event, if the job retries or makes it.
void ExamineEvent(Connection& connection, const Leases& leases,
                  const RetryJob& job, const v1::Event& event, std::int64_t seq,
                  Found& found) {
  const Uuid id = DeliveryId(event, UuidBytes(job.id_webhook_endpoint()));
  const std::string bytes(id.begin(), id.end());
  Statement row = connection.Prepared(
      "SELECT state, attempts > schedule_base FROM deliveries WHERE id = ?");
  BindBytes(row, 1, bytes);
  if (!row.Step()) {
    found.missing.emplace_back(id, seq);
    return;
  }
  const auto state = static_cast<v1::Delivery::State>(row.Int(0));
  if (Retries(job, state, row.Int(1) != 0) && !leases.HasBegun(bytes)) {
    found.existing.push_back(bytes);
  }
}

// Examines the next events of the project. A delivery of an event that was
// published before `oldest` may have been deleted.
RetryJobStep ExamineEvents(Connection& connection, const Leases& leases,
                           absl::Time now, absl::Time oldest, RetryJobRow& job,
                           Found& found) {
  Statement row = connection.Prepared(
      "SELECT id, created_at, seq, type, deliver_at FROM events"
      " INDEXED BY events_by_time"
      " WHERE project_id = ?1 AND (created_at, seq) > (?2, ?3)"
      " AND created_at < ?4 ORDER BY created_at, seq LIMIT ?5");
  const EventPosition first =
      std::max(ReadPosition(job), EventPosition{oldest, INT64_MIN});
  BindUuid(row, 1, job.job.id_project());
  BindTime(row, 2, first.created_at);
  row.Bind(3, first.seq);
  BindTime(row, 4, job.job.end_time());
  row.Bind(5, kMaxRead);
  RetryJobStep step;
  int read = 0;
  while (step.examined < kMaxExamined && row.Step()) {
    ++read;
    v1::Event event;
    event.set_id_event(UuidColumn(row, 0));
    *event.mutable_created_at() = TimestampColumn(row, 1);
    const std::int64_t seq = row.Int64(2);
    job.position = FormatPosition(TimeColumn(row, 1), seq);
    const std::string type = TextColumn(row, 3);
    const auto deliver_at = OptionalTimeColumn(row, 4);
    if ((deliver_at && *deliver_at > now) ||
        !IsWanted(connection, job.job, type)) {
      continue;
    }
    ++step.examined;
    ExamineEvent(connection, leases, job.job, event, seq, found);
  }
  step.is_last = step.examined < kMaxExamined && read < kMaxRead;
  return step;
}

// Makes the deliveries due, of which `before` precede in the job.
void MakeDue(Connection& connection, Leases& leases, absl::Time now,
             const RetryJob& job, int before, const Found& found,
             Notifications& notifications) {
  for (const std::string& delivery : found.existing) {
    RestartDelivery(connection, leases, delivery, now,
                    DueOfRetry(job, before++, now), notifications);
  }
  for (const auto& [id, seq] : found.missing) {
    InsertLateDelivery(connection, id, job.id_project(),
                       job.id_webhook_endpoint(), seq, now,
                       DueOfRetry(job, before++, now), notifications);
  }
}

}  // namespace

bool PerformStep(Connection& connection, Leases& leases, absl::Time now,
                 absl::Time oldest, RetryJobRow& row,
                 Notifications& notifications) {
  Found found;
  RetryJobStep step =
      MakesDeliveries(row.job)
          ? ExamineEvents(connection, leases, now, oldest, row, found)
          : ExamineDeliveries(connection, leases, row, found);
  if (IsProjectDeleted(connection, row.job.id_project()) ||
      !HasWebhook(connection, row.job.id_project(),
                  row.job.id_webhook_endpoint())) {
    Cancel(row.job);
    return false;
  }
  const int before = row.job.retried_count();
  step.retried = found.size();
  Apply(step, row.job);
  if (row.job.dry_run() || step.retried == 0) return false;
  MakeDue(connection, leases, now, row.job, before, found, notifications);
  return true;
}

std::string MovedPosition(const std::string& position, std::int64_t moved_by) {
  const auto event = ParsePosition(position);
  if (!event || event->seq < 0 || event->seq > INT64_MAX / 2) return position;
  return FormatPosition(event->created_at, event->seq + moved_by);
}

}  // namespace webhooks::sql
