#ifndef WEBHOOKS_STORAGE_SEALED_SECRETS_H_
#define WEBHOOKS_STORAGE_SEALED_SECRETS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/sealing/sealer.h"
#include "webhooks/v1/webhook.pb.h"

// Seals and opens the secrets and the settings of a webhook. Both are bound to
// the webhook.
namespace webhooks {

// Seals the secrets of the webhook with the id `id` (as text).
std::string SealSecrets(const Sealer& sealer, const v1::WebhookSecrets& secrets,
                        absl::string_view id);

// Seals the first secret of a new webhook.
std::string SealFirstSecret(const Sealer& sealer, const v1::Webhook& webhook);

// Opens the secrets of the webhook with the 16 bytes `id`: at least one.
// Returns nullopt if they cannot be opened.
std::optional<v1::WebhookSecrets> OpenSecrets(const Sealer& sealer,
                                              absl::string_view sealed,
                                              absl::string_view id);

// Seals a serialized DeliverySettings of the webhook with the 16 bytes `id`.
std::string SealSettings(const Sealer& sealer, absl::string_view settings,
                         absl::string_view id);

// Opens the settings. Returns nullopt if they cannot be opened.
std::optional<std::string> OpenSettings(const Sealer& sealer,
                                        absl::string_view sealed,
                                        absl::string_view id);

// Returns the owner that settings are bound to (see Sealer::Seal).
std::string SettingsOwner(absl::string_view id);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_SEALED_SECRETS_H_
