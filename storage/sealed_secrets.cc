#include "storage/sealed_secrets.h"

#include "absl/strings/str_cat.h"
#include "storage/uuid.h"

namespace webhooks {

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

std::string SettingsOwner(absl::string_view id) {
  return absl::StrCat(id, "settings");
}

std::string SealSettings(const Sealer& sealer, absl::string_view settings,
                         absl::string_view id) {
  return sealer.Seal(settings, SettingsOwner(id));
}

std::optional<std::string> OpenSettings(const Sealer& sealer,
                                        absl::string_view sealed,
                                        absl::string_view id) {
  return sealer.Open(sealed, SettingsOwner(id));
}

}  // namespace webhooks
