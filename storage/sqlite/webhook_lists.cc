#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_split.h"
#include "storage/sqlite/columns.h"
#include "storage/sqlite/stored_webhook.h"
#include "storage/sqlite/webhook_rows.h"

// The list of webhooks, of what webhook_rows.h declares.
namespace webhooks::sqlite {
namespace {

// A page ends where its records hold as many bytes, so that an answer stays
// well below what one message may hold.
constexpr std::size_t kMaxPageBytes = 1 << 20;

// A page ends where as many rows were looked at, so that a filter that lets
// little through holds no reader for long.
constexpr int kMaxPageRows = 10'000;

// Whether the event types in the column scope have `type` among them.
bool Listens(Statement& row, absl::string_view type) {
  if (row->isColumnNull(kScopeColumn)) return true;
  for (const absl::string_view listed :
       absl::StrSplit(TextView(row, kScopeColumn), ',')) {
    if (listed == type) return true;
  }
  return false;
}

bool Passes(Statement& row, const WebhookFilter& filter) {
  if (filter.active &&
      *filter.active != (row->getColumn(kActiveColumn).getInt() != 0)) {
    return false;
  }
  if (filter.url && (row->isColumnNull(kUrlColumn) ||
                     TextView(row, kUrlColumn) != *filter.url)) {
    return false;
  }
  return !filter.event_type || Listens(row, *filter.event_type);
}

}  // namespace

absl::StatusOr<Page<v1::Webhook>> SelectWebhooks(Connection& connection,
                                                 const Sealer& sealer,
                                                 absl::string_view project,
                                                 const WebhookFilter& filter,
                                                 const PageStart& start) {
  using Webhooks = Page<v1::Webhook>;
  return connection.Guarded(
      "select webhooks", [&]() -> absl::StatusOr<Webhooks> {
        Statement row = connection.Prepared(
            "SELECT project_id, id, description, url, secrets, active, scope,"
            " created_at, last_update FROM webhooks"
            " WHERE project_id = ?1 AND id > ?2 AND NOT EXISTS"
            " (SELECT 1 FROM projects WHERE id = ?1 AND deleted_at IS NOT NULL)"
            " ORDER BY id");
        BindUuid(row, 1, project);
        BindUuid(row, 2, start.after);
        Webhooks page;
        std::string last;
        std::size_t bytes = 0;
        for (int rows = 0; row->executeStep(); ++rows) {
          if (rows == kMaxPageRows || bytes >= kMaxPageBytes ||
              static_cast<int>(page.records.size()) == start.size) {
            page.next = last;
            break;
          }
          last = UuidColumn(row, kIdColumn);
          if (!Passes(row, filter)) continue;
          auto stored = ReadStored(connection, sealer, row);
          if (!stored.ok()) return stored.status();
          bytes += stored->webhook.ByteSizeLong();
          page.records.push_back(std::move(stored->webhook));
        }
        return page;
      });
}

}  // namespace webhooks::sqlite
