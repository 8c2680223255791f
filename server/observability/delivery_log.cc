#include "server/observability/delivery_log.h"

#include <cstddef>

#include "absl/strings/string_view.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

absl::string_view DecisionOf(DeliveryChange::Kind kind) {
  switch (kind) {
    case DeliveryChange::Kind::kHeld:
      return "held";
    case DeliveryChange::Kind::kMade:
      return "made";
    case DeliveryChange::Kind::kRestarted:
      return "restarted";
    case DeliveryChange::Kind::kCancelled:
      return "cancelled";
    case DeliveryChange::Kind::kExpired:
      return "expired";
    case DeliveryChange::Kind::kDamaged:
      return "damaged";
  }
  return "";
}

LogLevel LevelOf(DeliveryChange::Kind kind) {
  const bool is_loss = kind == DeliveryChange::Kind::kExpired ||
                       kind == DeliveryChange::Kind::kDamaged;
  return is_loss ? LogLevel::kWarning : LogLevel::kInfo;
}

// Returns the trace id of a header that Span::Traceparent has made, or "".
absl::string_view TraceIdOf(absl::string_view traceparent) {
  constexpr std::size_t kBegin = 3;
  constexpr std::size_t kSize = 32;
  if (traceparent.size() < kBegin + kSize) return "";
  return traceparent.substr(kBegin, kSize);
}

}  // namespace

void LogPublication(const PublishedEvent& event) {
  LogEach(LogLevel::kInfo, "published",
          {{"id_event", event.id},
           {"type", event.type},
           {"matched_webhooks", event.matched_webhooks},
           {"decision", event.matched_webhooks == 0 ? "not_matched" : ""},
           {"project_id", event.project},
           {"trace_id", TraceIdOf(event.trace.traceparent)}});
}

void LogChange(const DeliveryChange& change) {
  LogEach(LevelOf(change.kind), "delivery",
          {{"id_event", change.event},
           {"id_webhook_endpoint", change.endpoint.webhook},
           {"id_delivery", change.delivery},
           {"project_id", change.endpoint.project},
           {"decision", DecisionOf(change.kind)}});
}

void LogDeactivation(const Endpoint& endpoint,
                     v1::Deactivation::Reason reason) {
  LogEach(LogLevel::kWarning, "webhook deactivated",
          {{"id_webhook_endpoint", endpoint.webhook},
           {"project_id", endpoint.project},
           {"reason", v1::Deactivation::Reason_Name(reason)}});
}

}  // namespace webhooks::server
