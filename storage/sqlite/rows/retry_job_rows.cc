#include "storage/sqlite/rows/retry_job_rows.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "storage/changes.h"
#include "storage/delivery_store.h"
#include "storage/errors.h"
#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/delivery_rows.h"
#include "storage/sqlite/rows/delivery_states.h"
#include "storage/sqlite/rows/webhook_reader.h"

namespace webhooks::sqlite {
namespace {

// The maximum number of deliveries that one step examines. They take some
// milliseconds, for which other writes wait.
constexpr int kMaxExamined = 200;

// The maximum number of rows that one step reads to find them.
constexpr int kMaxRead = 2000;

// A row of the table.
struct Job {
  v1::RetryJob job;
  // The 16 bytes of the last delivery that was examined.
  std::string position;
};

Job ReadJob(Statement& row) {
  Job job;
  job.job.ParseFromString(std::string(BlobColumn(row, 0)));
  job.position = std::string(BlobColumn(row, 1));
  return job;
}

void UpdateJob(Connection& connection, const Job& job) {
  const std::string bytes = job.job.SerializeAsString();
  Statement update = connection.Prepared(
      "UPDATE retry_jobs SET is_running = ?, position = ?, job = ?"
      " WHERE id = ?");
  update->bind(1, job.job.state() == v1::RetryJob::RUNNING ? 1 : 0);
  BindBytes(update, 2, job.position);
  BindBytes(update, 3, bytes);
  BindUuid(update, 4, job.job.id_retry_job());
  update->exec();
}

// Returns the id behind the last delivery of the job.
std::string EndOf(const v1::RetryJob& job) {
  return LowestIdAt(FromTimestamp(job.end_time()));
}

// Examines the next failed deliveries of the project. Adds those of the job's
// webhook to `found`, and advances the job's position.
RetryJobStep ExamineFailed(Connection& connection, Job& job,
                           std::vector<std::string>& found) {
  static const std::string& sql = *new std::string(absl::StrCat(
      "SELECT id, webhook_id FROM deliveries INDEXED BY failed_deliveries"
      " WHERE project_id = ? AND ",
      kIsFailed, " AND id > ? AND id < ? ORDER BY id LIMIT ?"));
  Statement row = connection.Prepared(sql);
  const std::string end = EndOf(job.job);
  BindUuid(row, 1, job.job.id_project());
  BindBytes(row, 2, job.position);
  BindBytes(row, 3, end);
  row->bind(4, kMaxExamined);
  const std::string webhook = UuidBytes(job.job.id_webhook_endpoint());
  RetryJobStep step;
  while (row->executeStep()) {
    ++step.examined;
    job.position = std::string(BlobColumn(row, 0));
    if (BlobColumn(row, 1) == webhook) found.push_back(job.position);
  }
  step.is_last = step.examined < kMaxExamined;
  return step;
}

// Does the same as ExamineFailed for those deliveries of the webhook that have
// failed or wait between two attempts.
RetryJobStep ExamineUndelivered(Connection& connection, const Leases& leases,
                                Job& job, std::vector<std::string>& found) {
  static const std::string& sql = *new std::string(absl::StrCat(
      "SELECT id, ", kIsFailed, " OR (", kIsPending,
      " AND attempts > schedule_base)"
      " FROM deliveries INDEXED BY deliveries_by_webhook"
      " WHERE webhook_id = ? AND id > ? AND id < ? ORDER BY id LIMIT ?"));
  Statement row = connection.Prepared(sql);
  const std::string end = EndOf(job.job);
  BindUuid(row, 1, job.job.id_webhook_endpoint());
  BindBytes(row, 2, job.position);
  BindBytes(row, 3, end);
  row->bind(4, kMaxRead);
  RetryJobStep step;
  int read = 0;
  while (step.examined < kMaxExamined && row->executeStep()) {
    ++read;
    job.position = std::string(BlobColumn(row, 0));
    if (row->getColumn(1).getInt() == 0) continue;
    ++step.examined;
    if (!leases.HasBegun(job.position)) found.push_back(job.position);
  }
  step.is_last = step.examined < kMaxExamined && read < kMaxRead;
  return step;
}

// Returns the 16 bytes of the next project that has a running job, or "".
std::string NextProject(Connection& connection, const std::string& after) {
  Statement row = connection.Prepared(
      "SELECT project_id FROM retry_jobs INDEXED BY running_retry_jobs"
      " WHERE is_running = 1 AND project_id > ? ORDER BY project_id LIMIT 1");
  BindBytes(row, 1, after);
  return row->executeStep() ? std::string(BlobColumn(row, 0)) : "";
}

// Returns the next running job of the project.
std::optional<Job> NextJob(Connection& connection, const std::string& project,
                           const std::string& after) {
  Statement row = connection.Prepared(
      "SELECT job, position FROM retry_jobs INDEXED BY running_retry_jobs"
      " WHERE is_running = 1 AND project_id = ? AND id > ?"
      " ORDER BY id LIMIT 1");
  BindBytes(row, 1, project);
  BindBytes(row, 2, after);
  if (!row->executeStep()) return std::nullopt;
  return ReadJob(row);
}

std::optional<Job> TakeTurn(Connection& connection, RetryJobTurns& turns) {
  turns.project = NextProject(connection, turns.project);
  if (turns.project.empty()) turns.project = NextProject(connection, "");
  if (turns.project.empty()) {
    turns.jobs.clear();
    return std::nullopt;
  }
  std::string& last = turns.jobs[turns.project];
  std::optional<Job> job = NextJob(connection, turns.project, last);
  if (!job) job = NextJob(connection, turns.project, "");
  if (job) last = UuidBytes(job->job.id_retry_job());
  return job;
}

bool MayStartJob(Connection& connection, const std::string& project) {
  Statement row = connection.Prepared(
      "SELECT count(*) FROM retry_jobs INDEXED BY running_retry_jobs"
      " WHERE is_running = 1 AND project_id = ?");
  BindUuid(row, 1, project);
  row->executeStep();
  return row->getColumn(0).getInt() < DeliveryStore::kMaxRetryJobs;
}

absl::StatusOr<Job> SelectJob(Connection& connection, absl::string_view project,
                              absl::string_view id) {
  return connection.Guarded("select retry job", [&]() -> absl::StatusOr<Job> {
    Statement row = connection.Prepared(
        "SELECT job, position FROM retry_jobs WHERE project_id = ?1 AND id = ?2"
        " AND NOT EXISTS (SELECT 1 FROM projects WHERE id = ?1"
        " AND deleted_at IS NOT NULL)");
    BindUuid(row, 1, project);
    BindUuid(row, 2, id);
    if (!row->executeStep()) return RetryJobNotFound(id);
    return ReadJob(row);
  });
}

// Performs the next step of `job`, which is cancelled if its webhook was
// removed. Returns true if deliveries were retried.
bool PerformStep(Connection& connection, Leases& leases, absl::Time now,
                 Job& job, Notifications& notifications) {
  std::vector<std::string> found;
  RetryJobStep step = job.job.include_waiting()
                          ? ExamineUndelivered(connection, leases, job, found)
                          : ExamineFailed(connection, job, found);
  if (!HasWebhook(connection, job.job.id_project(),
                  job.job.id_webhook_endpoint())) {
    Cancel(job.job);
    step.is_last = false;
    found.clear();
  }
  for (const std::string& delivery : found) {
    RestartDelivery(connection, leases, delivery, now, notifications);
  }
  step.retried = static_cast<int>(found.size());
  Apply(step, job.job);
  UpdateJob(connection, job);
  return step.retried > 0;
}

}  // namespace

absl::StatusOr<v1::RetryJob> InsertRetryJob(Connection& connection,
                                            const Sealer& sealer,
                                            const v1::RetryJob& job) {
  const auto webhook = SelectStored(connection, sealer, job.id_project(),
                                    job.id_webhook_endpoint());
  if (!webhook.ok()) return webhook.status();
  const std::string bytes = job.SerializeAsString();
  const std::string start =
      job.has_start_time() ? LowestIdAt(FromTimestamp(job.start_time())) : "";
  return connection.Guarded(
      "insert retry job", [&]() -> absl::StatusOr<v1::RetryJob> {
        if (!MayStartJob(connection, job.id_project())) {
          return RetryJobLimitReached();
        }
        Statement insert = connection.Prepared(
            "INSERT INTO retry_jobs (id, project_id, is_running, position, job)"
            " VALUES (?, ?, 1, ?, ?)");
        BindUuid(insert, 1, job.id_retry_job());
        BindUuid(insert, 2, job.id_project());
        BindBytes(insert, 3, start);
        BindBytes(insert, 4, bytes);
        insert->exec();
        return job;
      });
}

absl::StatusOr<v1::RetryJob> SelectRetryJob(Connection& connection,
                                            absl::string_view project,
                                            absl::string_view id) {
  auto job = SelectJob(connection, project, id);
  if (!job.ok()) return job.status();
  return std::move(job->job);
}

absl::StatusOr<v1::RetryJob> CancelRetryJob(Connection& connection,
                                            absl::string_view project,
                                            absl::string_view id) {
  auto job = SelectJob(connection, project, id);
  if (!job.ok()) return job.status();
  if (!Cancel(job->job)) return std::move(job->job);
  return connection.Guarded("cancel retry job",
                            [&]() -> absl::StatusOr<v1::RetryJob> {
                              UpdateJob(connection, *job);
                              return std::move(job->job);
                            });
}

absl::StatusOr<bool> StepRetryJob(Connection& connection, Leases& leases,
                                  absl::Time now, RetryJobTurns& turns,
                                  Notifications& notifications) {
  return connection.Guarded("step retry job", [&]() -> absl::StatusOr<bool> {
    std::optional<Job> job = TakeTurn(connection, turns);
    if (!job) return false;
    if (PerformStep(connection, leases, now, *job, notifications)) {
      notifications.AddUrgent(
          {job->job.id_project(), job->job.id_webhook_endpoint()}, now);
    }
    return true;
  });
}

}  // namespace webhooks::sqlite
