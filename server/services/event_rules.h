#ifndef WEBHOOKS_SERVER_SERVICES_EVENT_RULES_H_
#define WEBHOOKS_SERVER_SERVICES_EVENT_RULES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "proto/rpc/status.h"
#include "proto/time.h"
#include "server/runtime/clock.h"
#include "server/services/field_rules.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/event_service.pb.h"

namespace webhooks::server {

// Checks requests about events and deliveries against the comments of the
// protos. INVALID_ARGUMENT, with the reason of ViolationsStatus, lists every
// violation of a request.
struct EventRules {
  Clock clock;

  absl::Status Check(const v1::PublishEventRequest& request) const;
  absl::Status Check(const v1::PublishEventBatchRequest& request) const;
  absl::Status Check(const v1::ListEventsRequest& request) const;

  // Checks an event of a batch or a stream.
  absl::Status CheckOneOfMany(const v1::PublishEventRequest& request) const;

 private:
  void CheckEvent(const v1::PublishEventRequest& request,
                  google::rpc::BadRequest& violations) const;
};

// Check other requests in the same way as EventRules.
absl::Status CheckRequest(const v1::ListDeliveriesRequest& request);
absl::Status CheckTypeAndData(const v1::TestWebhookRequest& request);

// Checks the start_time and end_time of a request.
template <typename Request>
void CheckTimes(const Request& request, google::rpc::BadRequest& violations) {
  if (request.has_start_time() && !IsTimestamp(request.start_time())) {
    AddViolation(violations, "start_time", "must be a time");
  }
  if (request.has_end_time() && !IsTimestamp(request.end_time())) {
    AddViolation(violations, "end_time", "must be a time");
  } else if (request.has_end_time() && request.has_start_time() &&
             IsTimestamp(request.start_time()) &&
             FromTimestamp(request.end_time()) <=
                 FromTimestamp(request.start_time())) {
    AddViolation(violations, "end_time", "must be after start_time");
  }
}

// The maximum nesting depth of an event's data. The body of a delivery adds one
// level, and receivers accept 64.
inline constexpr int kMaxDataDepth = 63;

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_EVENT_RULES_H_
