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

std::vector<std::string> SelectListeners(Connection& connection,
                                         absl::string_view project,
                                         const std::string& type) {
  Statement row = connection.Prepared(
      "SELECT webhook_id FROM subscriptions"
      " WHERE project_id = ? AND event_type IN (?, '')");
  BindUuid(row, 1, project);
  BindText(row, 2, type);
  std::vector<std::string> webhooks;
  while (row.Step()) webhooks.emplace_back(BlobColumn(row, 0));
  return webhooks;
}

}  // namespace webhooks::sql
