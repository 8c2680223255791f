#include "storage/sqlite/rows/delivery_facts.h"

#include <string>
#include <utility>

#include "storage/sqlite/engine/columns.h"
#include "storage/sqlite/rows/delivery_rows.h"
#include "storage/sqlite/rows/event_rows.h"
#include "storage/sqlite/rows/webhook_rows.h"

namespace webhooks::sqlite {
namespace {

// Tells who is first of those that wait for the webhook, beside the delivery.
absl::Status LookAround(Connection& connection, const v1::Delivery& delivery,
                        DeliveryFacts& facts) {
  return connection.Guarded("look around", [&]() -> absl::Status {
    Statement row = connection.Prepared(
        "SELECT id FROM deliveries INDEXED BY waiting_deliveries"
        " WHERE webhook_id = ? AND state = 1"
        " AND event_seq NOT IN (SELECT seq FROM publishing)"
        " ORDER BY queue_at, place"
        " LIMIT 2");
    BindUuid(row, 1, delivery.id_webhook_endpoint());
    if (!row->executeStep()) return absl::OkStatus();
    const std::string first = UuidColumn(row, 0);
    if (first != delivery.id_delivery()) {
      facts.first_in_line = first;
    } else {
      facts.others_wait = row->executeStep();
    }
    return absl::OkStatus();
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
  const Uuid id = DeliveryId(facts.event, UuidBytes(webhook));
  auto delivery = SelectDelivery(connection, leases, project, FormatUuid(id));
  if (!delivery.ok() && !absl::IsNotFound(delivery.status())) {
    return delivery.status();
  }
  if (!delivery.ok() && !found_webhook.ok()) return found_webhook.status();
  if (found_webhook.ok()) facts.webhook = *std::move(found_webhook);
  if (!delivery.ok()) return facts;
  absl::Status looked = LookAround(connection, *delivery, facts);
  if (!looked.ok()) return looked;
  facts.delivery = *std::move(delivery);
  return facts;
}

}  // namespace webhooks::sqlite
