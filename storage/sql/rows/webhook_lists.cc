#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/page_builder.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/webhook_reader.h"
#include "storage/sql/rows/webhook_rows.h"

// The list of webhooks, which webhook_rows.h declares.
namespace webhooks::sql {
namespace {

// Returns true if the column scope lists `type`, or is NULL.
bool Listens(Statement& row, absl::string_view type) {
  if (row.IsNull(kScopeColumn)) return true;
  for (const absl::string_view listed :
       absl::StrSplit(TextView(row, kScopeColumn), ',')) {
    if (listed == type) return true;
  }
  return false;
}

bool Matches(Statement& row, const WebhookFilter& filter) {
  if (filter.active && *filter.active != (row.Int(kActiveColumn) != 0)) {
    return false;
  }
  if (filter.url &&
      (row.IsNull(kUrlColumn) || TextView(row, kUrlColumn) != *filter.url)) {
    return false;
  }
  return !filter.event_type || Listens(row, *filter.event_type);
}

}  // namespace

absl::StatusOr<Page<v1::Webhook>> SelectWebhooks(
    Connection& connection, const Sealer& sealer, absl::string_view project,
    const WebhookFilter& filter, const PageStart<v1::Webhook>& start) {
  using Webhooks = Page<v1::Webhook>;
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT ", kWebhookColumns,
                   " FROM webhooks WHERE project_id = ?1 AND id > ?2 AND"
                   " NOT EXISTS (SELECT 1 FROM projects WHERE id = ?1"
                   " AND deleted_at IS NOT NULL) ORDER BY id"));
  return connection.Guarded(
      "select webhooks", [&]() -> absl::StatusOr<Webhooks> {
        Statement row = connection.Streamed(sql);
        BindUuid(row, 1, project);
        BindUuid(row, 2, start.after);
        PageBuilder<v1::Webhook> page(start);
        while (row.Step() && page.MoveTo(IdColumn(row, kIdColumn))) {
          if (!Matches(row, filter)) continue;
          auto stored = ReadStored(connection, sealer, row);
          // A damaged row does not hide the others.
          if (absl::IsDataLoss(stored.status())) continue;
          if (!stored.ok()) return stored.status();
          page.Add(std::move(stored->webhook));
        }
        return std::move(page).Take();
      });
}

}  // namespace webhooks::sql
