#include "storage/changes.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "proto/rpc/entity_tag.h"
#include "proto/time.h"
#include "storage/errors.h"
#include "storage/etag.h"

namespace webhooks {
namespace {

using google::protobuf::util::MessageDifferencer;

}  // namespace

bool HasPath(const google::protobuf::FieldMask& mask, absl::string_view field) {
  return std::find(mask.paths().begin(), mask.paths().end(), field) !=
         mask.paths().end();
}

absl::Status CheckEtag(absl::string_view condition,
                       const v1::Webhook& webhook) {
  const bool is_met =
      condition.empty() || MatchesStrongly(EtagOf(webhook), condition);
  return is_met ? absl::OkStatus() : EtagMismatch();
}

bool Apply(const v1::UpdateWebhookRequest& change, absl::Time now,
           v1::Webhook& webhook) {
  v1::Webhook changed = webhook;
  if (HasPath(change.update_mask(), "url")) {
    changed.clear_url();
    if (change.has_url()) changed.set_url(change.url());
  }
  if (HasPath(change.update_mask(), "description")) {
    changed.clear_endpoint_description();
    if (change.has_description()) {
      changed.set_endpoint_description(change.description());
    }
  }
  if (HasPath(change.update_mask(), "scope")) {
    *changed.mutable_scope() = change.scope();
  }
  if (HasPath(change.update_mask(), "delivery")) {
    changed.clear_delivery();
    if (change.has_delivery()) *changed.mutable_delivery() = change.delivery();
  }
  if (HasPath(change.update_mask(), "active")) {
    changed.set_active(change.active());
    if (change.active()) changed.clear_deactivation();
  }
  if (MessageDifferencer::Equals(changed, webhook)) return false;
  webhook = std::move(changed);
  AdvanceLastUpdate(now, webhook);
  return true;
}

bool Apply(const v1::UpdateProjectRequest& change, v1::Project& project) {
  v1::Project changed = project;
  if (HasPath(change.update_mask(), "name")) changed.set_name(change.name());
  if (HasPath(change.update_mask(), "max_webhooks")) {
    changed.clear_max_webhooks();
    if (change.has_max_webhooks()) {
      changed.set_max_webhooks(change.max_webhooks());
    }
  }
  if (HasPath(change.update_mask(), "max_requests_per_second")) {
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
  rotated = SecretsInForce(rotated, rotation.now);
  if (rotated.secrets_size() > WebhookStore::kMaxSecrets) {
    return TooManySecrets();
  }
  secrets = std::move(rotated);
  webhook.set_secret(rotation.secret);
  AdvanceLastUpdate(rotation.now, webhook);
  return absl::OkStatus();
}

void AdvanceLastUpdate(absl::Time now, v1::Webhook& webhook) {
  const absl::Time next =
      FromTimestamp(webhook.last_update()) + absl::Milliseconds(1);
  *webhook.mutable_last_update() = ToTimestamp(std::max(now, next));
}

bool CanReceive(const v1::Webhook& webhook) {
  return webhook.active() && webhook.has_url();
}

v1::WebhookSecrets SecretsInForce(const v1::WebhookSecrets& secrets,
                                  absl::Time now) {
  v1::WebhookSecrets in_force;
  for (const v1::WebhookSecret& secret : secrets.secrets()) {
    if (!secret.has_expires_at() || FromTimestamp(secret.expires_at()) > now) {
      *in_force.add_secrets() = secret;
    }
  }
  return in_force;
}

void Apply(const RetryJobStep& step, v1::RetryJob& job) {
  job.set_examined_count(job.examined_count() + step.examined);
  job.set_retried_count(job.retried_count() + step.retried);
  if (step.is_last) job.set_state(v1::RetryJob::DONE);
}

bool Cancel(v1::RetryJob& job) {
  if (job.state() != v1::RetryJob::RUNNING) return false;
  job.set_state(v1::RetryJob::CANCELLED);
  return true;
}

absl::Time DueOfRetry(const v1::RetryJob& job, int before, absl::Time now) {
  const int rate = job.max_per_second();
  // The jobs of older versions have none.
  if (rate == 0 || before < rate) return now;
  return std::max(now, FromTimestamp(job.created_at()) +
                           absl::Seconds(before - rate + 1) / rate);
}

}  // namespace webhooks
