#include "storage/sql/rows/retry_job_rows.h"

#include <optional>
#include <string>
#include <utility>

#include "storage/changes.h"
#include "storage/delivery_store.h"
#include "storage/errors.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/retry_job_step.h"
#include "storage/sql/rows/webhook_reader.h"

namespace webhooks::sql {
namespace {

// The position of a new job.
constexpr absl::string_view kBeginning = "";

RetryJobRow ReadJob(Statement& row) {
  RetryJobRow job;
  job.job.ParseFromString(std::string(BlobColumn(row, 0)));
  // The jobs of older versions have none.
  if (job.job.selection() == v1::RetryJob::SELECTION_UNSPECIFIED) {
    job.job.set_selection(v1::RetryJob::FAILED);
  }
  job.position = std::string(BlobColumn(row, 1));
  return job;
}

void UpdateJob(Connection& connection, const RetryJobRow& job) {
  const std::string bytes = job.job.SerializeAsString();
  Statement update = connection.Prepared(
      "UPDATE retry_jobs SET is_running = ?, position = ?, job = ?"
      " WHERE id = ?");
  update.Bind(1, job.job.state() == v1::RetryJob::RUNNING ? 1 : 0);
  BindBytes(update, 2, job.position);
  BindBytes(update, 3, bytes);
  BindUuid(update, 4, job.job.id_retry_job());
  update.Execute();
}

// Returns the 16 bytes of the next project that has a running job, or "".
std::string NextProject(Connection& connection, const std::string& after) {
  Statement row = connection.Prepared(
      "SELECT project_id FROM retry_jobs INDEXED BY running_retry_jobs"
      " WHERE is_running = 1 AND project_id > ? ORDER BY project_id LIMIT 1");
  BindBytes(row, 1, after);
  return row.Step() ? std::string(BlobColumn(row, 0)) : "";
}

// Returns the next running job of the project.
std::optional<RetryJobRow> NextJob(Connection& connection,
                                   const std::string& project,
                                   const std::string& after) {
  Statement row = connection.Prepared(
      "SELECT job, position FROM retry_jobs INDEXED BY running_retry_jobs"
      " WHERE is_running = 1 AND project_id = ? AND id > ?"
      " ORDER BY id LIMIT 1");
  BindBytes(row, 1, project);
  BindBytes(row, 2, after);
  if (!row.Step()) return std::nullopt;
  return ReadJob(row);
}

std::optional<RetryJobRow> TakeTurn(Connection& connection,
                                    RetryJobTurns& turns) {
  turns.project = NextProject(connection, turns.project);
  if (turns.project.empty()) turns.project = NextProject(connection, "");
  if (turns.project.empty()) {
    turns.jobs.clear();
    return std::nullopt;
  }
  std::string& last = turns.jobs[turns.project];
  std::optional<RetryJobRow> job = NextJob(connection, turns.project, last);
  if (!job) job = NextJob(connection, turns.project, "");
  if (job) last = UuidBytes(job->job.id_retry_job());
  return job;
}

bool MayStartJob(Connection& connection, const std::string& project) {
  Statement row = connection.Prepared(
      "SELECT count(*) FROM retry_jobs INDEXED BY running_retry_jobs"
      " WHERE is_running = 1 AND project_id = ?");
  BindUuid(row, 1, project);
  row.Step();
  return row.Int(0) < DeliveryStore::kMaxRetryJobs;
}

absl::StatusOr<RetryJobRow> SelectJob(Connection& connection,
                                      absl::string_view project,
                                      absl::string_view id) {
  return connection.Guarded(
      "select retry job", [&]() -> absl::StatusOr<RetryJobRow> {
        Statement row = connection.Prepared(
            "SELECT job, position FROM retry_jobs WHERE project_id = ?1 AND id "
            "= ?2"
            " AND NOT EXISTS (SELECT 1 FROM projects WHERE id = ?1"
            " AND deleted_at IS NOT NULL)");
        BindUuid(row, 1, project);
        BindUuid(row, 2, id);
        if (!row.Step()) return RetryJobNotFound(id);
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
        BindBytes(insert, 3, kBeginning);
        BindBytes(insert, 4, bytes);
        insert.Execute();
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
                                  absl::Time now, absl::Time oldest,
                                  RetryJobTurns& turns,
                                  Notifications& notifications) {
  return connection.Guarded("step retry job", [&]() -> absl::StatusOr<bool> {
    std::optional<RetryJobRow> job = TakeTurn(connection, turns);
    if (!job) return false;
    const bool is_due =
        PerformStep(connection, leases, now, oldest, *job, notifications);
    UpdateJob(connection, *job);
    if (is_due) {
      notifications.AddUrgent(
          {job->job.id_project(), job->job.id_webhook_endpoint()}, now);
    }
    return true;
  });
}

}  // namespace webhooks::sql
