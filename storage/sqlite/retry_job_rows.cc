#include "storage/sqlite/retry_job_rows.h"

#include <string>
#include <utility>
#include <vector>

#include "storage/errors.h"
#include "storage/sqlite/columns.h"
#include "storage/sqlite/delivery_rows.h"
#include "storage/sqlite/stored_webhook.h"
#include "storage/timestamp.h"

namespace webhooks::sqlite {
namespace {

// How many deliveries one part of a job looks at: some milliseconds' worth,
// since changes wait for it.
constexpr int kExamined = 200;

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
std::vector<std::string> Examine(Connection& connection, Job& job) {
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
  std::vector<std::string> failed;
  int examined = 0;
  while (row->executeStep()) {
    ++examined;
    job.position = std::string(BlobColumn(row, 0));
    if (BlobColumn(row, 1) == webhook) failed.push_back(job.position);
  }
  job.job.set_examined_count(job.job.examined_count() + examined);
  if (examined < kExamined) job.job.set_state(v1::RetryJob::DONE);
  return failed;
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

absl::StatusOr<bool> WorkOnRetryJob(Connection& connection, absl::Time now,
                                    std::string& last, DueNotes& notes) {
  return connection.Guarded("work on retry job", [&]() -> absl::StatusOr<bool> {
    Job job;
    {
      Statement row = connection.Prepared(
          "SELECT job, position FROM retry_jobs WHERE is_running = 1"
          " ORDER BY id <= ?, id LIMIT 1");
      BindBytes(row, 1, last);
      if (!row->executeStep()) return false;
      job = ReadJob(row);
      last = UuidBytes(job.job.id_retry_job());
    }
    std::vector<std::string> failed = Examine(connection, job);
    if (IsWebhookGone(connection, job.job)) {
      job.job.set_state(v1::RetryJob::CANCELLED);
      failed.clear();
    }
    for (const std::string& delivery : failed) {
      MakeDueAnew(connection, delivery, now);
    }
    job.job.set_retried_count(job.job.retried_count() +
                              static_cast<int>(failed.size()));
    UpdateJob(connection, job);
    if (!failed.empty()) {
      notes.Add({job.job.id_project(), job.job.id_webhook_endpoint()}, now);
    }
    return true;
  });
}

}  // namespace webhooks::sqlite
