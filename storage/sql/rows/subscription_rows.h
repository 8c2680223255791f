#ifndef WEBHOOKS_STORAGE_SQL_ROWS_SUBSCRIPTION_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_SUBSCRIPTION_ROWS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "storage/sql/connection.h"
#include "webhooks/v1/webhook.pb.h"

// The table subscriptions: the webhooks that listen to each event type. All
// functions throw the failures of the driver; for use inside
// Connection::Guarded.
namespace webhooks::sql {

// Subscribes the webhook to the types of its scope.
void InsertSubscriptions(Connection& connection, const v1::Webhook& webhook);

// Undoes InsertSubscriptions.
void DeleteSubscriptions(Connection& connection, const v1::Webhook& webhook);

// A webhook that gets an event.
struct Listener {
  // The 16 bytes of its id.
  std::string webhook;
  // True if it cannot receive now: it is inactive or has no URL.
  bool is_held = false;
};

// Returns the webhooks that listen to `type`, in any order.
std::vector<Listener> SelectListeners(Connection& connection,
                                      absl::string_view project,
                                      const std::string& type);
// Requests the rows for SelectListeners.
void PrefetchListeners(Connection& connection, absl::string_view project,
                       const std::string& type);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_SUBSCRIPTION_ROWS_H_
