#include "storage/sqlite/operator/maintenance_jobs.h"

#include <algorithm>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/engine/sealed_secrets.h"
#include "storage/sqlite/operator/purges.h"

namespace webhooks::sqlite {
namespace {

// The rows that one step looks at: some milliseconds' worth, since changes wait
// for it.
constexpr int kStepRows = 200;

// The advance of the retention clock between two notes of it.
constexpr absl::Duration kNoteEvery = absl::Minutes(1);

bool HasOlderKeys(Connection& connection, const SecretKey::Id& newest) {
  Statement row =
      connection.Prepared("SELECT 1 FROM secret_keys WHERE id <> ? LIMIT 1");
  BindBlob(row, 1, newest);
  return row->executeStep();
}

}  // namespace

absl::StatusOr<bool> MaintenanceJobs::Step(Connection& connection,
                                           absl::Time now,
                                           absl::Duration retention,
                                           DueNotes& notes) {
  reached_ = position_;
  for (int i = 0; i < kKinds; ++i) {
    const auto kind = static_cast<Kind>(next_kind_);
    next_kind_ = (next_kind_ + 1) % kKinds;
    absl::StatusOr<bool> more = Work(kind, connection, now, retention, notes);
    if (!more.ok() || *more) return more;
  }
  return false;
}

absl::StatusOr<bool> MaintenanceJobs::Work(Kind kind, Connection& connection,
                                           absl::Time now,
                                           absl::Duration retention,
                                           DueNotes& notes) {
  switch (kind) {
    case Kind::kOldAnswers:
      return DropOldAnswers(connection, now);
    case Kind::kOldEvents:
      return DropOldEvents(connection, leases_, now, now - retention,
                           reached_.retention, notes);
    case Kind::kUnfinishedEvents:
      return DropUnfinished(connection, publishing_);
    case Kind::kRemovedWebhooks:
      return CancelOfRemovedWebhooks(connection);
    case Kind::kDeletedProjects:
      return PurgeProject(connection);
    case Kind::kRetryJobs:
      return WorkOnRetryJob(connection, leases_, now, retry_job_turns_, notes);
    case Kind::kSealing:
      return SealAnew(connection);
  }
  return false;
}

absl::StatusOr<bool> MaintenanceJobs::SealAnew(Connection& connection) {
  return connection.Guarded("seal anew", [&]() -> absl::StatusOr<bool> {
    if (has_given_up_sealing_ ||
        !HasOlderKeys(connection, sealer_.sealing_key())) {
      return false;
    }
    if (SealWebhooks(connection) > 0 || SealAnswers(connection) > 0) {
      return true;
    }
    reached_.project.clear();
    reached_.webhook.clear();
    reached_.answer = 0;
    has_given_up_sealing_ = has_unopened_;
    if (has_unopened_) return false;
    Statement forget =
        connection.Prepared("DELETE FROM secret_keys WHERE id <> ?");
    BindBlob(forget, 1, sealer_.sealing_key());
    forget->exec();
    return false;
  });
}

// Seals the next webhooks' secrets; how many rows were looked at.
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
    BindBytes(row, 1, reached_.project);
    BindBytes(row, 2, reached_.webhook);
    row->bind(3, kStepRows);
    while (row->executeStep()) {
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
    update->exec();
  }
  if (!rows.empty()) {
    reached_.project = rows.back().project;
    reached_.webhook = rows.back().id;
  }
  return static_cast<int>(rows.size());
}

// Seals the next answers; how many rows were looked at.
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
    row->bind(1, reached_.answer);
    row->bind(2, kStepRows);
    while (row->executeStep()) {
      rows.push_back({row->getColumn(0).getInt64(),
                      std::string(BlobColumn(row, 1)),
                      std::string(BlobColumn(row, 2))});
    }
  }
  for (const Row& row : rows) {
    const std::string answer = Sealed(connection, row.answer, row.key);
    Statement update =
        connection.Prepared("UPDATE answers SET answer = ? WHERE id = ?");
    BindBytes(update, 1, answer);
    update->bind(2, row.id);
    update->exec();
  }
  if (!rows.empty()) reached_.answer = rows.back().id;
  return static_cast<int>(rows.size());
}

// `sealed` under the newest key. What cannot be opened stays as it is, so that
// whoever finds its key again can.
std::string MaintenanceJobs::Sealed(Connection& connection,
                                    const std::string& sealed,
                                    const std::string& owner) {
  if (sealed.empty() || sealer_.IsNewest(sealed)) return sealed;
  const auto text = sealer_.Open(sealed, owner);
  if (text) return sealer_.Seal(*text, owner);
  has_unopened_ = true;
  connection.Damaged("seal anew", absl::BytesToHexString(owner)).IgnoreError();
  return sealed;
}

absl::StatusOr<absl::Time> MaintenanceJobs::AdvanceRetention(
    Connection& connection, absl::Time now, absl::Duration most) {
  if (!retention_time_) {
    const auto stored = SelectRetentionTime(connection);
    if (!stored.ok()) return stored.status();
    stored_retention_time_ = *stored;
    retention_time_ = *stored;
  }
  const bool is_new = *retention_time_ == absl::InfinitePast();
  retention_time_ = is_new ? now : std::min(now, *retention_time_ + most);
  // A process that ends without a note of the last steps keeps a little longer.
  if (absl::AbsDuration(*retention_time_ - stored_retention_time_) >=
      kNoteEvery) {
    absl::Status stored = UpdateRetentionTime(connection, *retention_time_);
    if (!stored.ok()) return stored;
    stored_retention_time_ = *retention_time_;
  }
  return *retention_time_;
}

}  // namespace webhooks::sqlite
