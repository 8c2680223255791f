#include "storage/sql/rows/subscription_rows.h"

#include "storage/sql/columns.h"

namespace webhooks::sql {
namespace {

// The event_type of a webhook that listens to every type.
const std::string kEveryType;

void Run(Connection& connection, absl::string_view sql,
         const v1::Webhook& webhook, const std::string& type) {
  Statement statement = connection.Prepared(sql);
  BindUuid(statement, 1, webhook.id_project());
  BindText(statement, 2, type);
  BindUuid(statement, 3, webhook.id_webhook_endpoint());
  statement.Execute();
}

void RunForScope(Connection& connection, absl::string_view sql,
                 const v1::Webhook& webhook) {
  if (webhook.scope().empty()) Run(connection, sql, webhook, kEveryType);
  for (const std::string& type : webhook.scope()) {
    Run(connection, sql, webhook, type);
  }
}

Statement ListenerRows(Connection& connection, absl::string_view project,
                       const std::string& type) {
  Statement row = connection.Prepared(
      "SELECT s.webhook_id, w.active = 0 OR w.url IS NULL FROM subscriptions s"
      " CROSS JOIN webhooks w ON w.project_id = s.project_id"
      " AND w.id = s.webhook_id"
      " WHERE s.project_id = ? AND s.event_type IN (?, '')");
  BindUuid(row, 1, project);
  BindText(row, 2, type);
  return row;
}

}  // namespace

void InsertSubscriptions(Connection& connection, const v1::Webhook& webhook) {
  RunForScope(connection,
              "INSERT INTO subscriptions (project_id, event_type, webhook_id)"
              " VALUES (?, ?, ?)",
              webhook);
}

void DeleteSubscriptions(Connection& connection, const v1::Webhook& webhook) {
  RunForScope(connection,
              "DELETE FROM subscriptions WHERE project_id = ?"
              " AND event_type = ? AND webhook_id = ?",
              webhook);
}

std::vector<Listener> SelectListeners(Connection& connection,
                                      absl::string_view project,
                                      const std::string& type) {
  Statement row = ListenerRows(connection, project, type);
  std::vector<Listener> listeners;
  while (row.Step()) {
    listeners.push_back({std::string(BlobColumn(row, 0)), row.Int(1) != 0});
  }
  return listeners;
}

void PrefetchListeners(Connection& connection, absl::string_view project,
                       const std::string& type) {
  ListenerRows(connection, project, type).Prefetch();
}

}  // namespace webhooks::sql
