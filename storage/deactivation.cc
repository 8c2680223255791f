#include "storage/deactivation.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <string>
#include <utility>

#include "proto/json/json_text.h"
#include "proto/time.h"
#include "storage/changes.h"
#include "storage/derived_id.h"

namespace webhooks {
namespace {

// Returns the host of `url`, with its port if it has one; "" if there is none.
// The rest of a URL may hold secrets of the receiver.
std::string HostOf(absl::string_view url) {
  const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
  if (!parsed) return "";
  const auto host = parsed->encoded_host_and_port();
  return std::string(host.data(), host.size());
}

bool HasResumed(const v1::Webhook& before, const v1::Webhook& after) {
  return CanReceive(after) && !CanReceive(before);
}

}  // namespace

void UpdateHealth(const v1::Webhook& before, absl::Time now,
                  StoredWebhook& stored) {
  const bool has_resumed = HasResumed(before, stored.webhook);
  if (has_resumed) stored.resumed_at = now;
  if (has_resumed || before.url() != stored.webhook.url()) {
    stored.failing_since.reset();
  }
}

std::optional<v1::Deactivation::Reason> ReasonToDeactivate(
    const AttemptResult& result, absl::Time failing_since) {
  if (result.gone) return v1::Deactivation::GONE;
  if (result.now - failing_since >= result.deactivate_after) {
    return v1::Deactivation::FAILING;
  }
  return std::nullopt;
}

bool Deactivate(v1::Deactivation::Reason reason, absl::Time now,
                v1::Webhook& webhook) {
  if (!webhook.active()) return false;
  webhook.set_active(false);
  webhook.mutable_deactivation()->set_reason(reason);
  *webhook.mutable_deactivation()->mutable_time() = ToTimestamp(now);
  AdvanceLastUpdate(now, webhook);
  return true;
}

v1::Event DeactivationEvent(const v1::Webhook& webhook,
                            absl::string_view delivery) {
  const v1::Deactivation& deactivation = webhook.deactivation();
  const absl::Time time = FromTimestamp(deactivation.time());
  std::string data = "{\"id_webhook_endpoint\":";
  AppendJsonString(webhook.id_webhook_endpoint(), data);
  data += ",\"host\":";
  const std::string host = HostOf(webhook.url());
  if (host.empty() || !AppendJsonString(host, data)) data += "null";
  data += ",\"reason\":";
  AppendJsonString(v1::Deactivation::Reason_Name(deactivation.reason()), data);
  data += '}';
  v1::Event event;
  event.set_id_project(webhook.id_project());
  event.set_id_event(
      FormatUuid(MakeDerivedId(time, delivery, webhook.id_webhook_endpoint())));
  event.set_type(std::string(kDeactivatedType));
  event.set_data(std::move(data));
  *event.mutable_created_at() = deactivation.time();
  return event;
}

}  // namespace webhooks
