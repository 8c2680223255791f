#include "storage/changes.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "proto/json/json_text.h"
#include "proto/rpc/entity_tag.h"
#include "proto/rpc/status.h"
#include "proto/time.h"
#include "storage/derived_id.h"
#include "storage/errors.h"
#include "storage/etag.h"

namespace webhooks {
namespace {

// Returns the host of `url`, with its port where it has one; "" where there is
// none. All else of a URL may hold secrets of the receiver's.
std::string HostOf(absl::string_view url) {
  const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
  if (!parsed) return "";
  const auto host = parsed->encoded_host_and_port();
  return std::string(host.data(), host.size());
}

using google::protobuf::util::MessageDifferencer;

// Moves last_update on, so that no two states have the same.
void Touch(absl::Time now, v1::Webhook& webhook) {
  const absl::Time next =
      FromTimestamp(webhook.last_update()) + absl::Milliseconds(1);
  *webhook.mutable_last_update() = ToTimestamp(std::max(now, next));
}

}  // namespace

bool Names(const google::protobuf::FieldMask& mask, absl::string_view field) {
  return std::find(mask.paths().begin(), mask.paths().end(), field) !=
         mask.paths().end();
}

absl::Status CheckEtag(absl::string_view condition,
                       const v1::Webhook& webhook) {
  const bool is_meant =
      condition.empty() || MatchesStrongly(EtagOf(webhook), condition);
  return is_meant ? absl::OkStatus() : EtagMismatch();
}

bool Apply(const v1::UpdateWebhookRequest& change, absl::Time now,
           v1::Webhook& webhook) {
  v1::Webhook changed = webhook;
  if (Names(change.update_mask(), "url")) {
    changed.clear_url();
    if (change.has_url()) changed.set_url(change.url());
  }
  if (Names(change.update_mask(), "description")) {
    changed.clear_endpoint_description();
    if (change.has_description()) {
      changed.set_endpoint_description(change.description());
    }
  }
  if (Names(change.update_mask(), "scope")) {
    *changed.mutable_scope() = change.scope();
  }
  if (Names(change.update_mask(), "delivery")) {
    changed.clear_delivery();
    if (change.has_delivery()) *changed.mutable_delivery() = change.delivery();
  }
  if (Names(change.update_mask(), "active")) {
    changed.set_active(change.active());
    if (change.active()) changed.clear_deactivation();
  }
  if (MessageDifferencer::Equals(changed, webhook)) return false;
  webhook = std::move(changed);
  Touch(now, webhook);
  return true;
}

bool Apply(const v1::UpdateProjectRequest& change, v1::Project& project) {
  v1::Project changed = project;
  if (Names(change.update_mask(), "name")) changed.set_name(change.name());
  if (Names(change.update_mask(), "max_webhooks")) {
    changed.clear_max_webhooks();
    if (change.has_max_webhooks()) {
      changed.set_max_webhooks(change.max_webhooks());
    }
  }
  if (Names(change.update_mask(), "max_requests_per_second")) {
    changed.clear_max_requests_per_second();
    if (change.has_max_requests_per_second()) {
      changed.set_max_requests_per_second(change.max_requests_per_second());
    }
  }
  if (MessageDifferencer::Equals(changed, project)) return false;
  project = std::move(changed);
  return true;
}

absl::Status Apply(const SecretRotation& rotation, v1::Webhook& webhook,
                   v1::WebhookSecrets& secrets) {
  v1::WebhookSecrets rotated;
  v1::WebhookSecret& newest = *rotated.add_secrets();
  newest.set_secret(rotation.secret);
  *newest.mutable_created_at() = ToTimestamp(rotation.now);
  const absl::Time end = rotation.now + rotation.overlap;
  for (v1::WebhookSecret older : secrets.secrets()) {
    if (!older.has_expires_at() || FromTimestamp(older.expires_at()) > end) {
      *older.mutable_expires_at() = ToTimestamp(end);
    }
    *rotated.add_secrets() = std::move(older);
  }
  rotated = InForce(rotated, rotation.now);
  if (rotated.secrets_size() > WebhookStore::kMaxSecrets) {
    return TooManySecrets();
  }
  secrets = std::move(rotated);
  webhook.set_secret(rotation.secret);
  Touch(rotation.now, webhook);
  return absl::OkStatus();
}

bool CanReceive(const v1::Webhook& webhook) {
  return webhook.active() && webhook.has_url();
}

bool Deactivate(v1::Deactivation::Reason reason, absl::Time now,
                v1::Webhook& webhook) {
  if (!webhook.active()) return false;
  webhook.set_active(false);
  webhook.mutable_deactivation()->set_reason(reason);
  *webhook.mutable_deactivation()->mutable_time() = ToTimestamp(now);
  Touch(now, webhook);
  return true;
}

v1::Event DeactivationEvent(const v1::Webhook& webhook,
                            absl::string_view cause) {
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
      FormatUuid(MakeDerivedId(time, cause, webhook.id_webhook_endpoint())));
  event.set_type(std::string(kDeactivatedType));
  event.set_data(std::move(data));
  *event.mutable_created_at() = deactivation.time();
  return event;
}

v1::PublishEventResult ResultOf(
    const absl::StatusOr<v1::PublishEventResponse>& published) {
  v1::PublishEventResult result;
  if (published.ok()) {
    *result.mutable_published() = *published;
    return result;
  }
  const absl::Status& status = published.status();
  v1::PublishEventError& error = *result.mutable_error();
  error.set_status(absl::StatusCodeToString(status.code()));
  error.set_reason(Reason(status));
  error.set_message(std::string(status.message()));
  return result;
}

v1::WebhookSecrets InForce(const v1::WebhookSecrets& secrets, absl::Time now) {
  v1::WebhookSecrets in_force;
  for (const v1::WebhookSecret& secret : secrets.secrets()) {
    if (!secret.has_expires_at() || FromTimestamp(secret.expires_at()) > now) {
      *in_force.add_secrets() = secret;
    }
  }
  return in_force;
}

}  // namespace webhooks
