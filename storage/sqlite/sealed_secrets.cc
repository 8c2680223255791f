#include "storage/sqlite/sealed_secrets.h"

#include "storage/uuid.h"

namespace webhooks::sqlite {
namespace {

std::string UuidBytes(absl::string_view id) {
  const std::optional<Uuid> uuid = ParseUuid(id);
  return uuid ? std::string(uuid->begin(), uuid->end()) : "";
}

}  // namespace

std::string SealSecrets(const Sealer& sealer, const v1::WebhookSecrets& secrets,
                        absl::string_view id) {
  return sealer.Seal(secrets.SerializeAsString(), UuidBytes(id));
}

std::string SealFirstSecret(const Sealer& sealer, const v1::Webhook& webhook) {
  v1::WebhookSecrets secrets;
  v1::WebhookSecret& first = *secrets.add_secrets();
  first.set_secret(webhook.secret());
  *first.mutable_created_at() = webhook.created_at();
  return SealSecrets(sealer, secrets, webhook.id_webhook_endpoint());
}

std::optional<v1::WebhookSecrets> OpenSecrets(const Sealer& sealer,
                                              absl::string_view sealed,
                                              absl::string_view id) {
  const std::optional<std::string> text = sealer.Open(sealed, id);
  v1::WebhookSecrets secrets;
  if (!text || !secrets.ParseFromString(*text) || secrets.secrets().empty()) {
    return std::nullopt;
  }
  return secrets;
}

}  // namespace webhooks::sqlite
