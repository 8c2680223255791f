#ifndef WEBHOOKS_STORAGE_SQL_ROWS_DELIVERY_STATES_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_DELIVERY_STATES_H_

#include "absl/strings/string_view.h"
#include "webhooks/v1/delivery.pb.h"

// SQL conditions on the column deliveries.state, a v1::Delivery::State. They
// are literals and no parameters: SQLite uses a partial index only if the text
// of the statement implies the condition of the index.
namespace webhooks::sql {

// The delivery has not ended. Index waiting_deliveries.
inline constexpr absl::string_view kIsPending = "state = 1";
static_assert(v1::Delivery::PENDING == 1);

// Index failed_deliveries.
inline constexpr absl::string_view kIsFailed = "state = 4";
static_assert(v1::Delivery::FAILED == 4);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_DELIVERY_STATES_H_
