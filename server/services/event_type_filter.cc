#include "server/services/event_type_filter.h"

#include <utility>

#include "proto/rpc/status.h"
#include "server/services/field_rules.h"

// This file alone uses the deprecated field.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace webhooks::server {

void CheckTypeFilter(const v1::ListEventsRequest& request,
                     google::rpc::BadRequest& violations) {
  if (request.has_event_type() && !IsEventType(request.event_type())) {
    AddViolation(violations, "event_type", "must be an event type");
  }
  if (request.has_type() && !IsEventType(request.type())) {
    AddViolation(violations, "type", "must be an event type");
  }
  if (request.has_type() && request.has_event_type() &&
      request.type() != request.event_type()) {
    AddViolation(violations, "event_type",
                 "must be the same as type, which is its deprecated name");
  }
}

std::optional<std::string> TypeFilter(const v1::ListEventsRequest& request) {
  if (request.has_event_type()) return request.event_type();
  if (request.has_type()) return request.type();
  return std::nullopt;
}

// Uses the deprecated name, because page tokens from older servers are bound to
// it.
v1::ListEventsRequest WithOneTypeName(v1::ListEventsRequest request) {
  if (const auto type = TypeFilter(request)) request.set_type(*type);
  request.clear_event_type();
  return request;
}

}  // namespace webhooks::server

#pragma GCC diagnostic pop
