#include "server/services/event_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "proto/json/compact_json.h"
#include "proto/rpc/status.h"
#include "proto/time.h"
#include "server/services/event_type_filter.h"
#include "server/services/field_rules.h"
#include "storage/deactivation.h"
#include "storage/event_store.h"
#include "storage/uuid.h"

namespace webhooks::server {
namespace {

constexpr int kMaxBatch = 1000;
constexpr absl::Duration kFarthest = absl::Hours(24 * 30);

void CheckType(const std::string& type, google::rpc::BadRequest& violations) {
  if (IsEventType(type)) return;
  AddViolation(violations, "type",
               "must be an event type: dot-separated segments of "
               "[A-Za-z0-9_], at most 256 characters");
}

void CheckData(const std::string& data, google::rpc::BadRequest& violations) {
  if (data.size() > EventStore::kMaxEventBytes) {
    AddViolation(violations, "data", "must hold at most 256 KiB");
    return;
  }
  const std::string fault = JsonFault(data, kMaxDataDepth);
  if (!fault.empty()) AddViolation(violations, "data", fault);
}

}  // namespace

void EventRules::CheckEvent(const v1::PublishEventRequest& request,
                            google::rpc::BadRequest& violations) const {
  CheckType(request.type(), violations);
  if (request.type() == kDeactivatedType) {
    AddViolation(violations, "type", "is published by the service only");
  }
  if (request.has_data()) CheckData(request.data(), violations);
  if (!request.id_event().empty() && !ParseUuid(request.id_event())) {
    AddViolation(violations, "id_event", "must be a UUID");
  }
  if (request.has_deliver_at() &&
      (!IsTimestamp(request.deliver_at()) ||
       FromTimestamp(request.deliver_at()) > clock() + kFarthest)) {
    AddViolation(violations, "deliver_at", "must be within 30 days");
  }
}

absl::Status EventRules::Check(const v1::PublishEventRequest& request) const {
  google::rpc::BadRequest violations;
  CheckEvent(request, violations);
  CheckRequestId(request.request_id(), violations);
  return ViolationsStatus(violations);
}

absl::Status EventRules::CheckOneOfMany(
    const v1::PublishEventRequest& request) const {
  google::rpc::BadRequest violations;
  CheckEvent(request, violations);
  if (!request.request_id().empty()) {
    AddViolation(violations, "request_id", "must be empty here");
  }
  return ViolationsStatus(violations);
}

absl::Status EventRules::Check(
    const v1::PublishEventBatchRequest& request) const {
  google::rpc::BadRequest violations;
  if (request.events().empty() || request.events_size() > kMaxBatch) {
    AddViolation(violations, "events", "must hold 1 to 1,000 events");
  }
  CheckRequestId(request.request_id(), violations);
  return ViolationsStatus(violations);
}

absl::Status EventRules::Check(const v1::ListEventsRequest& request) const {
  google::rpc::BadRequest violations;
  CheckTimes(request, violations);
  CheckTypeFilter(request, violations);
  return ViolationsStatus(violations);
}

absl::Status CheckTypeAndData(const v1::TestWebhookRequest& request) {
  google::rpc::BadRequest violations;
  if (request.has_type()) CheckType(request.type(), violations);
  if (request.has_data()) CheckData(request.data(), violations);
  return ViolationsStatus(violations);
}

absl::Status CheckRequest(const v1::ListDeliveriesRequest& request) {
  google::rpc::BadRequest violations;
  CheckTimes(request, violations);
  if (request.has_event_type() && !IsEventType(request.event_type())) {
    AddViolation(violations, "event_type", "must be an event type");
  }
  if (request.has_id_webhook_endpoint() &&
      !ParseUuid(request.id_webhook_endpoint())) {
    AddViolation(violations, "id_webhook_endpoint", "must be a UUID");
  }
  if (request.has_id_event() && !ParseUuid(request.id_event())) {
    AddViolation(violations, "id_event", "must be a UUID");
  }
  if (request.has_state() &&
      (!v1::Delivery::State_IsValid(request.state()) ||
       request.state() == v1::Delivery::STATE_UNSPECIFIED)) {
    AddViolation(violations, "state",
                 "must be PENDING, IN_FLIGHT, DELIVERED, FAILED, HELD or "
                 "CANCELLED");
  }
  return ViolationsStatus(violations);
}

}  // namespace webhooks::server
