#include "storage/changes.h"
#include "storage/sql/rows/kept_answer_rows.h"
#include "storage/sql/rows/webhook_rows.h"
#include "storage/sql/sql_store.h"

// The part of SqlStore that is WebhookStore.
namespace webhooks::sql {

void SqlStore::CreateWebhook(const v1::Webhook& webhook,
                             const std::optional<Idempotency>& idempotency,
                             const CallOptions& options,
                             Done<Created<v1::Webhook>> done) {
  Write<Created<v1::Webhook>>(
      webhook.id_project(), options,
      [this, webhook, idempotency](Connection& connection) {
        KeptAnswerRows answers(connection, *sealer_);
        return PerformOnce<v1::Webhook>(answers, idempotency, [&] {
          return InsertWebhook(connection, *sealer_, webhook);
        });
      },
      std::move(done),
      {.prefetch = [this, idempotency](Connection& connection) {
        if (!idempotency) return;
        KeptAnswerRows(connection, *sealer_).Prefetch(*idempotency);
      }});
}

void SqlStore::GetWebhook(absl::string_view project, absl::string_view id,
                          const CallOptions& options, Done<v1::Webhook> done) {
  Read<v1::Webhook>(
      project, options,
      [this, project = std::string(project),
       id = std::string(id)](Connection& connection) {
        return SelectWebhook(connection, *sealer_, project, id);
      },
      std::move(done));
}

void SqlStore::ListWebhooks(absl::string_view project,
                            const WebhookFilter& filter,
                            const PageStart<v1::Webhook>& start,
                            const CallOptions& options,
                            Done<Page<v1::Webhook>> done) {
  Read<Page<v1::Webhook>>(
      project, options,
      [this, project = std::string(project), filter,
       start](Connection& connection) {
        return SelectWebhooks(connection, *sealer_, project, filter, start);
      },
      std::move(done));
}

void SqlStore::UpdateWebhook(absl::string_view project,
                             const v1::UpdateWebhookRequest& change,
                             absl::Time now, const CallOptions& options,
                             Done<v1::Webhook> done) {
  WriteAndNotify<v1::Webhook>(
      project, options,
      [this, project = std::string(project), change, now](
          Connection& connection, Notifications& notifications) {
        return ChangeWebhook(connection, *sealer_, project, change, now,
                             notifications);
      },
      std::move(done));
}

void SqlStore::DeleteWebhook(absl::string_view project,
                             const v1::DeleteWebhookRequest& webhook,
                             const CallOptions& options,
                             Done<v1::Webhook> done) {
  WriteAndNotify<v1::Webhook>(
      project, options,
      [this, project = std::string(project), webhook](
          Connection& connection, Notifications& notifications) {
        return sql::DeleteWebhook(connection, *sealer_, project, webhook,
                                  notifications);
      },
      std::move(done));
}

void SqlStore::RotateSecret(absl::string_view project,
                            const SecretRotation& rotation,
                            const std::optional<Idempotency>& idempotency,
                            const CallOptions& options,
                            Done<Created<v1::Webhook>> done) {
  WriteAndNotify<Created<v1::Webhook>>(
      project, options,
      [this, project = std::string(project), rotation, idempotency](
          Connection& connection, Notifications& notifications) {
        KeptAnswerRows answers(connection, *sealer_);
        return PerformOnce<v1::Webhook>(answers, idempotency, [&] {
          return sql::RotateSecret(connection, *sealer_, project, rotation,
                                   notifications);
        });
      },
      std::move(done));
}

void SqlStore::GetSecrets(absl::string_view project, absl::string_view id,
                          absl::Time now, const CallOptions& options,
                          Done<v1::WebhookSecrets> done) {
  Read<v1::WebhookSecrets>(
      project, options,
      [this, project = std::string(project), id = std::string(id),
       now](Connection& connection) -> absl::StatusOr<v1::WebhookSecrets> {
        auto secrets = SelectSecrets(connection, *sealer_, project, id);
        if (!secrets.ok()) return secrets;
        return SecretsInForce(*secrets, now);
      },
      std::move(done));
}

}  // namespace webhooks::sql
