#include "storage/sql/rows/delivery_facts.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/publishing.h"
#include "storage/sql/columns.h"
#include "storage/sql/rows/delivery_rows.h"
#include "storage/sql/rows/delivery_states.h"
#include "storage/sql/rows/event_reader.h"
#include "storage/sql/rows/webhook_rows.h"

namespace webhooks::sql {
namespace {

// Sets the facts about the other deliveries that wait for the webhook.
absl::Status AddOthers(Connection& connection, const v1::Delivery& delivery,
                       DeliveryFacts& facts) {
  static const std::string& sql = *new std::string(
      absl::StrCat("SELECT id FROM deliveries INDEXED BY waiting_deliveries"
                   " WHERE webhook_id = ? AND ",
                   kIsPending,
                   " AND event_seq NOT IN (SELECT seq FROM publishing)"
                   " ORDER BY queue_at, place LIMIT 2"));
  return connection.Guarded("select first delivery", [&]() -> absl::Status {
    Statement row = connection.Prepared(sql);
    BindUuid(row, 1, delivery.id_webhook_endpoint());
    if (!row.Step()) return absl::OkStatus();
    const std::string first = UuidColumn(row, 0);
    if (first != delivery.id_delivery()) {
      facts.first_in_line = first;
    } else {
      facts.others_wait = row.Step();
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
  absl::Status status = AddOthers(connection, *delivery, facts);
  if (!status.ok()) return status;
  facts.delivery = *std::move(delivery);
  return facts;
}

}  // namespace webhooks::sql
