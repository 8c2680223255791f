#include "storage/sqlite/rows/retry_job_rows.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proto/time.h"
#include "storage/errors.h"
#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/delivery_rows.h"
#include "storage/sqlite/rows/stored_webhook.h"

namespace webhooks::sqlite {
namespace {

// The deliveries that one part of a job looks at: some milliseconds' worth,
// since changes wait for it.
constexpr int kExamined = 200;

// The deliveries that it passes over as they need no retry: their rows are only
// read.
constexpr int kPassedOver = 2000;

// A row of the table.
struct Job {
  v1::RetryJob job;
  // The 16 bytes of the last delivery that was looked at.
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

// Looks at the project's next failed deliveries, and moves the job on behind
// them. Those of its webhook.
std::vector<std::string> ExamineFailed(Connection& connection, Job& job) {
  Statement row = connection.Prepared(
      "SELECT id, webhook_id FROM deliveries INDEXED BY failed_deliveries"
      " WHERE project_id = ? AND state = 4 AND id > ? AND id < ?"
      " ORDER BY id LIMIT ?");
  const std::string end = FirstIdOf(FromTimestamp(job.job.end_time()));
  BindUuid(row, 1, job.job.id_project());
  BindBytes(row, 2, job.position);
  BindBytes(row, 3, end);
  row->bind(4, kExamined);
  const std::string webhook = UuidBytes(job.job.id_webhook_endpoint());
  std::vector<std::string> found;
  int examined = 0;
  while (row->executeStep()) {
    ++examined;
    job.position = std::string(BlobColumn(row, 0));
    if (BlobColumn(row, 1) == webhook) found.push_back(job.position);
  }
  job.job.set_examined_count(job.job.examined_count() + examined);
  if (examined < kExamined) job.job.set_state(v1::RetryJob::DONE);
  return found;
}

// Does the same as ExamineFailed for the webhook's deliveries that have failed
// or wait between two attempts.
std::vector<std::string> ExamineUndelivered(Connection& connection,
                                            const Leases& leases, Job& job) {
  Statement row = connection.Prepared(
      "SELECT id, state = 4 OR (state = 1 AND attempts > schedule_base)"
      " FROM deliveries INDEXED BY deliveries_by_webhook"
      " WHERE webhook_id = ? AND id > ? AND id < ? ORDER BY id LIMIT ?");
  const std::string end = FirstIdOf(FromTimestamp(job.job.end_time()));
  BindUuid(row, 1, job.job.id_webhook_endpoint());
  BindBytes(row, 2, job.position);
  BindBytes(row, 3, end);
  row->bind(4, kPassedOver);
  std::vector<std::string> found;
  int examined = 0;
  int rows = 0;
  while (examined < kExamined && row->executeStep()) {
    ++rows;
    job.position = std::string(BlobColumn(row, 0));
    if (row->getColumn(1).getInt() == 0) continue;
    ++examined;
    if (!leases.HasBegun(job.position)) found.push_back(job.position);
  }
  job.job.set_examined_count(job.job.examined_count() + examined);
  if (examined < kExamined && rows < kPassedOver) {
    job.job.set_state(v1::RetryJob::DONE);
  }
  return found;
}

// The 16 bytes of the next project that has a job that runs, or "".
std::string NextProject(Connection& connection, const std::string& after) {
  Statement row = connection.Prepared(
      "SELECT project_id FROM retry_jobs INDEXED BY running_retry_jobs"
      " WHERE is_running = 1 AND project_id > ? ORDER BY project_id LIMIT 1");
  BindBytes(row, 1, after);
  return row->executeStep() ? std::string(BlobColumn(row, 0)) : "";
}

// The next of the project's jobs that run.
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

bool HasRoom(Connection& connection, const std::string& project) {
  Statement row = connection.Prepared(
      "SELECT count(*) FROM retry_jobs INDEXED BY running_retry_jobs"
      " WHERE is_running = 1 AND project_id = ?");
  BindUuid(row, 1, project);
  row->executeStep();
  return row->getColumn(0).getInt() < DeliveryStore::kMaxRetryJobs;
}

bool IsWebhookGone(Connection& connection, const v1::RetryJob& job) {
  Statement row = connection.Prepared(
      "SELECT 1 FROM webhooks WHERE project_id = ? AND id = ?");
  BindUuid(row, 1, job.id_project());
  BindUuid(row, 2, job.id_webhook_endpoint());
  return !row->executeStep();
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

}  // namespace

absl::StatusOr<v1::RetryJob> InsertRetryJob(Connection& connection,
                                            const Sealer& sealer,
                                            const v1::RetryJob& job) {
  const auto webhook = SelectStored(connection, sealer, job.id_project(),
                                    job.id_webhook_endpoint());
  if (!webhook.ok()) return webhook.status();
  const std::string bytes = job.SerializeAsString();
  const std::string start =
      job.has_start_time() ? FirstIdOf(FromTimestamp(job.start_time())) : "";
  return connection.Guarded(
      "insert retry job", [&]() -> absl::StatusOr<v1::RetryJob> {
        if (!HasRoom(connection, job.id_project())) {
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
  if (job->job.state() != v1::RetryJob::RUNNING) return std::move(job->job);
  job->job.set_state(v1::RetryJob::CANCELLED);
  return connection.Guarded("cancel retry job",
                            [&]() -> absl::StatusOr<v1::RetryJob> {
                              UpdateJob(connection, *job);
                              return std::move(job->job);
                            });
}

absl::StatusOr<bool> WorkOnRetryJob(Connection& connection, Leases& leases,
                                    absl::Time now, RetryJobTurns& turns,
                                    DueNotes& notes) {
  return connection.Guarded("work on retry job", [&]() -> absl::StatusOr<bool> {
    std::optional<Job> job = TakeTurn(connection, turns);
    if (!job) return false;
    std::vector<std::string> found =
        job->job.include_waiting()
            ? ExamineUndelivered(connection, leases, *job)
            : ExamineFailed(connection, *job);
    if (IsWebhookGone(connection, job->job)) {
      job->job.set_state(v1::RetryJob::CANCELLED);
      found.clear();
    }
    for (const std::string& delivery : found) {
      MakeDueAnew(connection, leases, delivery, now);
    }
    job->job.set_retried_count(job->job.retried_count() +
                               static_cast<int>(found.size()));
    UpdateJob(connection, *job);
    if (!found.empty()) {
      notes.AddUrgent({job->job.id_project(), job->job.id_webhook_endpoint()},
                      now);
    }
    return true;
  });
}

}  // namespace webhooks::sqlite
