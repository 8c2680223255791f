#include "storage/sql/maintenance/purges.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/idempotency.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_rows.h"
#include "storage/sql/rows/delivery_states.h"

namespace webhooks::sql {
namespace {

// The number of rows that one step deletes; it may exceed this by a few.
constexpr int kPurgedRows = 200;

// The maximum number of events that one step deletes: each may use 65 pages.
constexpr int kStepEvents = 25;

// Deletes rows of `table` that belong to the project. `key` lists the columns
// of its primary key. Returns the number of rows.
int DeleteOwned(Connection& connection, absl::string_view table,
                absl::string_view key, absl::string_view project,
                int limit = kPurgedRows) {
  Statement erase = connection.Prepared(
      absl::StrCat("DELETE FROM ", table, " WHERE (", key, ") IN (SELECT ", key,
                   " FROM ", table, " WHERE project_id = ?1 LIMIT ?2)"));
  BindBytes(erase, 1, project);
  erase.Bind(2, limit);
  return erase.ExecuteAndCount();
}

// Deletes the project's next deliveries. Returns the number of rows.
int DeleteDeliveries(Connection& connection, absl::string_view project) {
  std::vector<std::string> ids;
  {
    Statement row = connection.Prepared(
        "SELECT id FROM deliveries WHERE project_id = ? LIMIT ?");
    BindBytes(row, 1, project);
    row.Bind(2, kPurgedRows);
    while (row.Step()) ids.emplace_back(BlobColumn(row, 0));
  }
  int rows = 0;
  for (const std::string& id : ids) {
    if (rows < kPurgedRows) rows += DeleteDelivery(connection, id);
  }
  return rows;
}

std::string AnyDeletedProject(Connection& connection) {
  Statement row = connection.Prepared(
      "SELECT id FROM projects WHERE deleted_at IS NOT NULL LIMIT 1");
  return row.Step() ? std::string(BlobColumn(row, 0)) : "";
}

std::string AnyRemovedWebhook(Connection& connection) {
  Statement row =
      connection.Prepared("SELECT id FROM removed_webhooks LIMIT 1");
  return row.Step() ? std::string(BlobColumn(row, 0)) : "";
}

// Returns the ids of the next deliveries that wait for the webhook.
std::vector<std::string> SelectWaiting(Connection& connection,
                                       const std::string& webhook) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT id FROM deliveries INDEXED BY waiting_deliveries"
                   " WHERE webhook_id = ? AND ",
                   kIsPending, " LIMIT ?"));
  Statement row = connection.Prepared(sql);
  BindBytes(row, 1, webhook);
  row.Bind(2, kPurgedRows);
  std::vector<std::string> ids;
  while (row.Step()) ids.emplace_back(BlobColumn(row, 0));
  return ids;
}

// Limits the expiry of answers to that of an answer made at `now`.
void CapAnswers(Connection& connection, absl::Time now) {
  Statement update = connection.Prepared(
      "UPDATE answers SET expires_at = ?1 WHERE id IN"
      " (SELECT id FROM answers WHERE expires_at > ?1 LIMIT ?2)");
  BindTime(update, 1, now + Idempotency::kRetention);
  update.Bind(2, kPurgedRows);
  update.Execute();
}

}  // namespace

int DeleteDelivery(Connection& connection, absl::string_view id) {
  Statement attempts =
      connection.Prepared("DELETE FROM attempts WHERE delivery_id = ?");
  BindBytes(attempts, 1, id);
  const int count = attempts.ExecuteAndCount();
  Statement delivery =
      connection.Prepared("DELETE FROM deliveries WHERE id = ?");
  BindBytes(delivery, 1, id);
  return count + delivery.ExecuteAndCount();
}

absl::StatusOr<bool> DeleteOldAnswers(Connection& connection, absl::Time now) {
  return connection.Guarded(
      "delete old answers", [&]() -> absl::StatusOr<bool> {
        Statement erase = connection.Prepared(
            "DELETE FROM answers WHERE id IN (SELECT id FROM answers"
            " WHERE expires_at <= ?1 LIMIT ?2)");
        BindTime(erase, 1, now);
        erase.Bind(2, kPurgedRows);
        CapAnswers(connection, now);
        return erase.ExecuteAndCount() == kPurgedRows;
      });
}

absl::StatusOr<bool> CancelForRemovedWebhooks(Connection& connection,
                                              Notifications& notifications) {
  return connection.Guarded("cancel deliveries", [&]() -> absl::StatusOr<bool> {
    const std::string webhook = AnyRemovedWebhook(connection);
    if (webhook.empty()) return false;
    const std::vector<std::string> waiting = SelectWaiting(connection, webhook);
    for (const std::string& id : waiting) {
      EndCancelled(connection, id, notifications);
    }
    if (waiting.size() == kPurgedRows) return true;
    Statement erase =
        connection.Prepared("DELETE FROM removed_webhooks WHERE id = ?");
    BindBytes(erase, 1, webhook);
    erase.Execute();
    return true;
  });
}

absl::StatusOr<bool> PurgeProjects(Connection& connection) {
  return connection.Guarded("purge projects", [&]() -> absl::StatusOr<bool> {
    const std::string project = AnyDeletedProject(connection);
    if (project.empty()) return false;
    if (DeleteDeliveries(connection, project) > 0 ||
        DeleteOwned(connection, "events", "seq", project, kStepEvents) > 0 ||
        DeleteOwned(connection, "retry_jobs", "id", project) > 0 ||
        DeleteOwned(connection, "subscriptions",
                    "project_id, event_type, webhook_id", project) > 0 ||
        DeleteOwned(connection, "webhooks", "project_id, id", project) > 0 ||
        DeleteOwned(connection, "api_keys", "id", project) > 0 ||
        DeleteOwned(connection, "certificates", "name", project) > 0 ||
        DeleteOwned(connection, "answers", "id", project) > 0) {
      return true;
    }
    Statement erase = connection.Prepared("DELETE FROM projects WHERE id = ?");
    BindBytes(erase, 1, project);
    erase.Execute();
    return true;
  });
}

}  // namespace webhooks::sql
