#ifndef WEBHOOKS_SERVER_SERVICES_EVENT_TYPE_FILTER_H_
#define WEBHOOKS_SERVER_SERVICES_EVENT_TYPE_FILTER_H_

#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "webhooks/v1/event_service.pb.h"

// The filter of a list of events by type, which has the name event_type and the
// deprecated name type.
namespace webhooks::server {

// Checks that the filter is an event type, and the same under both names if
// both are set.
void CheckTypeFilter(const v1::ListEventsRequest& request,
                     google::rpc::BadRequest& violations);

// Returns the filter; nullopt if it is not set.
std::optional<std::string> TypeFilter(const v1::ListEventsRequest& request);

// Returns `request` with the filter under the deprecated name alone, so that
// both names select the same list.
v1::ListEventsRequest WithOneTypeName(v1::ListEventsRequest request);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_EVENT_TYPE_FILTER_H_
