#ifndef WEBHOOKS_STORAGE_SQLITE_ENGINE_SEALED_SECRETS_H_
#define WEBHOOKS_STORAGE_SQLITE_ENGINE_SEALED_SECRETS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/sealing/sealer.h"
#include "webhooks/v1/webhook.pb.h"

// Seals and opens the sealed columns of the table webhooks: a WebhookSecrets,
// for the 16 bytes of the webhook's id, and a DeliverySettings.
namespace webhooks::sqlite {

// The secrets of the webhook called `id` (as text).
std::string SealSecrets(const Sealer& sealer, const v1::WebhookSecrets& secrets,
                        absl::string_view id);

// The one secret of a new webhook.
std::string SealFirstSecret(const Sealer& sealer, const v1::Webhook& webhook);

// Opens the secrets that were sealed for the webhook with the 16 bytes `id`: at
// least one. Returns nullopt if they cannot be opened.
std::optional<v1::WebhookSecrets> OpenSecrets(const Sealer& sealer,
                                              absl::string_view sealed,
                                              absl::string_view id);

// The settings of the webhook with the 16 bytes `id`, as a text.
std::string SealSettings(const Sealer& sealer, absl::string_view settings,
                         absl::string_view id);
std::optional<std::string> OpenSettings(const Sealer& sealer,
                                        absl::string_view sealed,
                                        absl::string_view id);

// Returns the owner that settings are sealed for.
std::string SettingsOwner(absl::string_view id);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ENGINE_SEALED_SECRETS_H_
