#include "storage/sql/maintenance/maintenance_jobs.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "storage/sealed_secrets.h"
#include "storage/sql/columns.h"
#include "storage/sql/maintenance/purges.h"

namespace webhooks::sql {
namespace {

// The number of rows that one step seals. They take some milliseconds, for
// which other writes wait.
constexpr int kSealedRows = 200;

bool HasOlderKeys(Connection& connection, const SecretKey::Id& newest) {
  Statement row =
      connection.Prepared("SELECT 1 FROM secret_keys WHERE id <> ? LIMIT 1");
  BindBlob(row, 1, newest);
  return row.Step();
}

}  // namespace

absl::StatusOr<bool> MaintenanceJobs::Step(Connection& connection,
                                           absl::Time now,
                                           absl::Duration retention,
                                           Notifications& notifications) {
  reached_ = position_;
  for (int i = 0; i < kJobs; ++i) {
    const auto job = static_cast<Job>(next_job_);
    next_job_ = (next_job_ + 1) % kJobs;
    absl::StatusOr<bool> more =
        Perform(job, connection, now, retention, notifications);
    if (!more.ok() || *more) return more;
  }
  return false;
}

absl::StatusOr<bool> MaintenanceJobs::Perform(Job job, Connection& connection,
                                              absl::Time now,
                                              absl::Duration retention,
                                              Notifications& notifications) {
  switch (job) {
    case Job::kOldAnswers:
      return DeleteOldAnswers(connection, now);
    case Job::kOldEvents:
      return DeleteOldEvents(connection, leases_, now, now - retention,
                             reached_.retention, notifications);
    case Job::kUnfinishedEvents:
      return DeleteUnfinished(connection, publishing_);
    case Job::kRemovedWebhooks:
      return CancelForRemovedWebhooks(connection, notifications);
    case Job::kDeletedProjects:
      return PurgeProjects(connection);
    case Job::kRetryJobs:
      return StepRetryJob(connection, leases_, now, now - retention,
                          retry_job_turns_, notifications);
    case Job::kSealing:
      return SealAgain(connection);
  }
  return false;
}

void MaintenanceJobs::BeginAgain() {
  position_ = {};
  reached_ = {};
  retention_clock_.reset();
  advanced_clock_.reset();
  has_unopened_ = false;
  has_given_up_sealing_ = false;
}

void MaintenanceJobs::EndKeyChange(bool are_replaced) {
  are_keys_changing_ = false;
  if (!are_replaced) return;
  position_.sealing = {};
  // For a step of the same transaction, whose Committed may follow.
  reached_.sealing = {};
  has_unopened_ = false;
  has_given_up_sealing_ = false;
}

absl::StatusOr<bool> MaintenanceJobs::SealAgain(Connection& connection) {
  return connection.Guarded("seal again", [&]() -> absl::StatusOr<bool> {
    if (has_given_up_sealing_ || are_keys_changing_ ||
        !HasOlderKeys(connection, sealer_.sealing_key())) {
      return false;
    }
    if (SealWebhooks(connection) > 0 || SealAnswers(connection) > 0) {
      return true;
    }
    reached_.sealing = {};
    has_given_up_sealing_ = has_unopened_ || keeps_older_keys_;
    if (has_unopened_ || keeps_older_keys_) return false;
    Statement forget =
        connection.Prepared("DELETE FROM secret_keys WHERE id <> ?");
    const SecretKey::Id newest = sealer_.sealing_key();
    BindBlob(forget, 1, newest);
    forget.Execute();
    return false;
  });
}

// Seals the secrets and settings of the next webhooks. Returns the number of
// rows.
int MaintenanceJobs::SealWebhooks(Connection& connection) {
  struct Row {
    std::string project;
    std::string id;
    std::string secrets;
    std::string settings;
  };
  std::vector<Row> rows;
  {
    Statement row = connection.Prepared(
        "SELECT project_id, id, secrets, settings FROM webhooks"
        " WHERE (project_id, id) > (?, ?) ORDER BY project_id, id LIMIT ?");
    BindBytes(row, 1, reached_.sealing.project);
    BindBytes(row, 2, reached_.sealing.webhook);
    row.Bind(3, kSealedRows);
    while (row.Step()) {
      rows.push_back(
          {std::string(BlobColumn(row, 0)), std::string(BlobColumn(row, 1)),
           std::string(BlobColumn(row, 2)), std::string(BlobColumn(row, 3))});
    }
  }
  for (const Row& row : rows) {
    const std::string secrets = Sealed(connection, row.secrets, row.id);
    const std::string settings =
        Sealed(connection, row.settings, SettingsOwner(row.id));
    Statement update = connection.Prepared(
        "UPDATE webhooks SET secrets = ?, settings = ?"
        " WHERE project_id = ? AND id = ?");
    BindBytes(update, 1, secrets);
    if (!settings.empty()) BindBytes(update, 2, settings);
    BindBytes(update, 3, row.project);
    BindBytes(update, 4, row.id);
    update.Execute();
  }
  if (!rows.empty()) {
    reached_.sealing.project = rows.back().project;
    reached_.sealing.webhook = rows.back().id;
  }
  return static_cast<int>(rows.size());
}

// Seals the next answers. Returns the number of rows.
int MaintenanceJobs::SealAnswers(Connection& connection) {
  struct Row {
    std::int64_t id;
    std::string key;
    std::string answer;
  };
  std::vector<Row> rows;
  {
    Statement row = connection.Prepared(
        "SELECT id, key, answer FROM answers WHERE id > ? ORDER BY id LIMIT ?");
    row.Bind(1, reached_.sealing.answer);
    row.Bind(2, kSealedRows);
    while (row.Step()) {
      rows.push_back({row.Int64(0), std::string(BlobColumn(row, 1)),
                      std::string(BlobColumn(row, 2))});
    }
  }
  for (const Row& row : rows) {
    const std::string answer = Sealed(connection, row.answer, row.key);
    Statement update =
        connection.Prepared("UPDATE answers SET answer = ? WHERE id = ?");
    BindBytes(update, 1, answer);
    update.Bind(2, row.id);
    update.Execute();
  }
  if (!rows.empty()) reached_.sealing.answer = rows.back().id;
  return static_cast<int>(rows.size());
}

// Returns the text of `sealed`, sealed under the newest key. Text that cannot
// be opened stays as it is: its key may be found again.
std::string MaintenanceJobs::Sealed(Connection& connection,
                                    const std::string& sealed,
                                    const std::string& owner) {
  if (sealed.empty() || sealer_.IsNewest(sealed)) return sealed;
  const auto text = sealer_.Open(sealed, owner);
  if (text) return sealer_.Seal(*text, owner);
  has_unopened_ = true;
  connection.Damaged("seal again", absl::BytesToHexString(owner)).IgnoreError();
  return sealed;
}

absl::StatusOr<absl::Time> MaintenanceJobs::AdvanceRetention(
    Connection& connection, absl::Time now, absl::Duration max_step) {
  if (!retention_clock_) {
    const auto stored = SelectRetentionTime(connection);
    if (!stored.ok()) return stored.status();
    retention_clock_.emplace(*stored);
  }
  RetentionClock& clock = advanced_clock_.emplace(*retention_clock_);
  const absl::Time time = clock.Advance(now, max_step);
  if (clock.NeedsStoring()) {
    absl::Status stored = UpdateRetentionTime(connection, time);
    if (!stored.ok()) return stored;
    clock.MarkStored();
  }
  return time;
}

void MaintenanceJobs::AdvancedRetention() {
  if (advanced_clock_) retention_clock_ = advanced_clock_;
  advanced_clock_.reset();
}

}  // namespace webhooks::sql
