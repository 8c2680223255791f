#include "server/services/webhook_service.h"

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/call/timestamp.h"
#include "storage/uuid.h"

namespace webhooks::server {
namespace {

// Standard Webhooks: "whsec_" and the base64 of 24 to 64 random bytes.
std::string MakeSecret(Entropy& entropy) {
  const auto bytes = entropy.Bytes<32>();
  return absl::StrCat("whsec_", absl::Base64Escape(absl::string_view(
                                    reinterpret_cast<const char*>(bytes.data()),
                                    bytes.size())));
}

}  // namespace

WebhookService::WebhookService(Calls& calls, Store& store, Entropy& entropy,
                               Clock clock, WebhookRules rules)
    : calls_(calls),
      store_(store),
      entropy_(entropy),
      clock_(std::move(clock)),
      rules_(rules) {}

grpc::ServerUnaryReactor* WebhookService::Create(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return calls_.Unary<v1::CreateWebhookRequest, v1::Webhook>(
      "webhooks.v1.WebhookService/Create", context, request, response,
      [this](const v1::CreateWebhookRequest& wanted) {
        return rules_.Check(wanted);
      },
      [this](const Caller& caller, const v1::CreateWebhookRequest& wanted,
             Done<v1::Webhook> done) {
        v1::Webhook webhook = MakeWebhook(caller.project, wanted);
        store_.CreateWebhook(
            webhook, caller.options,
            [webhook, done = std::move(done)](absl::Status status) mutable {
              if (!status.ok()) return std::move(done)(std::move(status));
              std::move(done)(std::move(webhook));
            });
      });
}

grpc::ServerUnaryReactor* WebhookService::Get(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return calls_.Unary<v1::GetWebhookRequest, v1::Webhook>(
      "webhooks.v1.WebhookService/Get", context, request, response,
      [](const v1::GetWebhookRequest&) { return absl::OkStatus(); },
      [this](const Caller& caller, const v1::GetWebhookRequest& wanted,
             Done<v1::Webhook> done) {
        store_.GetWebhook(caller.project, wanted.id(), caller.options,
                          std::move(done));
      });
}

v1::Webhook WebhookService::MakeWebhook(
    const std::string& project, const v1::CreateWebhookRequest& request) {
  const absl::Time now = clock_();
  v1::Webhook webhook;
  webhook.set_id_webhook_endpoint(
      FormatUuid(MakeUuidV7(now, entropy_.Bytes<10>())));
  webhook.set_id_project(project);
  if (request.has_url()) webhook.set_url(request.url());
  if (request.has_description()) {
    webhook.set_endpoint_description(request.description());
  }
  *webhook.mutable_scope() = request.scope();
  webhook.set_secret(MakeSecret(entropy_));
  webhook.set_active(true);
  *webhook.mutable_created_at() = ToTimestamp(now);
  *webhook.mutable_last_update() = webhook.created_at();
  return webhook;
}

}  // namespace webhooks::server
