#ifndef WEBHOOKS_STORAGE_SQL_ROWS_DELIVERY_FACTS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_DELIVERY_FACTS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/delivery_store.h"
#include "storage/leases.h"
#include "storage/sealing/sealer.h"
#include "storage/sql/connection.h"

namespace webhooks::sql {

// Selects the facts of DeliveryStore::GetDeliveryFacts.
absl::StatusOr<DeliveryFacts> SelectFacts(Connection& connection,
                                          const Sealer& sealer,
                                          const Leases& leases,
                                          absl::string_view project,
                                          absl::string_view event,
                                          absl::string_view webhook);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_DELIVERY_FACTS_H_
