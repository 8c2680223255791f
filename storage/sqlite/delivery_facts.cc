#include "storage/sqlite/delivery_facts.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/derived_id.h"
#include "storage/sqlite/columns.h"
#include "storage/sqlite/delivery_rows.h"
#include "storage/sqlite/event_rows.h"
#include "storage/sqlite/webhook_rows.h"
#include "storage/timestamp.h"

namespace webhooks::sqlite {
namespace {

// Whether others wait for the same webhook that come before the delivery
// (`order` is "<") or after it (">").
absl::StatusOr<bool> HasOthers(Connection& connection,
                               absl::string_view delivery,
                               absl::string_view order) {
  return connection.Guarded("look around", [&]() -> absl::StatusOr<bool> {
    Statement row = connection.Prepared(absl::StrCat(
        "SELECT 1 FROM deliveries other JOIN deliveries this ON this.id = ?"
        " WHERE other.webhook_id = this.webhook_id AND other.state = 1"
        " AND (other.queue_at, other.event_seq) ",
        order, " (this.queue_at, this.event_seq) LIMIT 1"));
    BindUuid(row, 1, delivery);
    return row->executeStep();
  });
}

}  // namespace

absl::StatusOr<DeliveryFacts> SelectFacts(Connection& connection,
                                          const Sealer& sealer,
                                          const Leases& leases,
                                          absl::string_view project,
                                          absl::string_view event,
                                          absl::string_view webhook) {
  DeliveryFacts facts;
  auto found_event = SelectEvent(connection, leases, project, event);
  if (!found_event.ok()) return found_event.status();
  facts.event = *std::move(found_event);
  auto found_webhook = SelectWebhook(connection, sealer, project, webhook);
  if (!found_webhook.ok() && !absl::IsNotFound(found_webhook.status())) {
    return found_webhook.status();
  }
  const Uuid id =
      MakeDerivedId(FromTimestamp(facts.event.created_at()),
                    UuidBytes(facts.event.id_event()), UuidBytes(webhook));
  auto delivery = SelectDelivery(connection, leases, project, FormatUuid(id));
  if (!delivery.ok() && !absl::IsNotFound(delivery.status())) {
    return delivery.status();
  }
  if (!delivery.ok() && !found_webhook.ok()) return found_webhook.status();
  if (found_webhook.ok()) facts.webhook = *std::move(found_webhook);
  if (!delivery.ok()) return facts;
  const auto is_behind = HasOthers(connection, delivery->id_delivery(), "<");
  if (!is_behind.ok()) return is_behind.status();
  facts.is_behind_others = *is_behind;
  const auto is_before = HasOthers(connection, delivery->id_delivery(), ">");
  if (!is_before.ok()) return is_before.status();
  facts.is_before_others = *is_before;
  facts.delivery = *std::move(delivery);
  return facts;
}

}  // namespace webhooks::sqlite
