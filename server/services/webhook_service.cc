#include "server/services/webhook_service.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "proto/rpc/status.h"
#include "proto/time.h"
#include "server/call/credentials.h"
#include "server/services/event_verification.h"
#include "server/services/lists.h"
#include "storage/uuid.h"

namespace webhooks::server {
namespace {

constexpr absl::Duration kDefaultOverlap = absl::Hours(24);

constexpr absl::string_view kWebhooks = "webhooks";

// Standard Webhooks: "whsec_" and 24 to 64 random bytes in base64.
std::string MakeSecret(Entropy& entropy) {
  const auto bytes = entropy.Bytes<32>();
  return absl::StrCat("whsec_", absl::Base64Escape(absl::string_view(
                                    reinterpret_cast<const char*>(bytes.data()),
                                    bytes.size())));
}

WebhookFilter FilterOf(const v1::ListWebhooksRequest& wanted) {
  return {OptionalIf(wanted.has_active(), wanted.active()),
          OptionalIf(wanted.has_event_type(), wanted.event_type()),
          OptionalIf(wanted.has_url(), wanted.url())};
}

absl::Duration OverlapOf(const v1::RotateWebhookSecretRequest& wanted) {
  if (!wanted.has_overlap()) return kDefaultOverlap;
  return FromProtoDuration(wanted.overlap());
}

}  // namespace

WebhookService::WebhookService(Calls& calls, WebhookStore& store,
                               Entropy& entropy, IdMaker& ids, Clock clock,
                               WebhookRules rules)
    : calls_(calls),
      store_(store),
      entropy_(entropy),
      ids_(ids),
      clock_(std::move(clock)),
      rules_(rules) {}

void WebhookService::AddTo(Methods& methods) {
  methods.Add(kName, "Create", *this, &WebhookService::Create);
  methods.Add(kName, "Get", *this, &WebhookService::Get);
  methods.Add(kName, "List", *this, &WebhookService::List);
  methods.Add(kName, "UpdateStatus", *this, &WebhookService::UpdateStatus);
  methods.Add(kName, "Update", *this, &WebhookService::Update);
  methods.Add(kName, "Delete", *this, &WebhookService::Delete);
  methods.Add(kName, "RotateSecret", *this, &WebhookService::RotateSecret);
  methods.Add(kName, "GetSecrets", *this, &WebhookService::GetSecrets);
  methods.Add(kName, "VerifyEvent", *this, &WebhookService::VerifyEvent);
  methods.Add(kName, "CheckKey", *this, &WebhookService::CheckKey);
}

CallReactor* WebhookService::Create(CallContext& context) {
  WebhookRules rules = rules_;
  rules.requires_all_events = !IsOfGateway(context);
  WebhookRules always{.allow_http_urls = true};
  always.requires_all_events = rules.requires_all_events;
  return calls_.UnaryOnce<v1::CreateWebhookRequest, v1::Webhook>(
      context,
      {[rules](const v1::CreateWebhookRequest& wanted) {
         return rules.Check(wanted);
       },
       [always](const v1::CreateWebhookRequest& wanted) {
         return always.Check(wanted);
       }},
      [this](const Caller& caller, const v1::CreateWebhookRequest& wanted,
             const std::optional<Idempotency>& idempotency,
             Done<Created<v1::Webhook>> done) {
        store_.CreateWebhook(MakeWebhook(caller.project, wanted), idempotency,
                             caller.options, std::move(done));
      });
}

CallReactor* WebhookService::Get(CallContext& context) {
  return calls_.Unary<v1::GetWebhookRequest, v1::Webhook>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::GetWebhookRequest& wanted,
             Done<v1::Webhook> done) {
        store_.GetWebhook(caller.project, wanted.id(), caller.options,
                          std::move(done));
      });
}

CallReactor* WebhookService::List(CallContext& context) {
  return calls_.Unary<v1::ListWebhooksRequest, v1::ListWebhooksResponse>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::ListWebhooksRequest& wanted,
             Done<v1::ListWebhooksResponse> done) {
        const std::string list = ListName(kWebhooks, caller.project, wanted);
        const auto start =
            ReadPage<v1::Webhook>(list, wanted, rules_.Check(wanted));
        if (!start.ok()) return std::move(done)(start.status());
        store_.ListWebhooks(
            caller.project, FilterOf(wanted), *start, caller.options,
            AnswerWithPage(list, &v1::ListWebhooksResponse::mutable_webhooks,
                           std::move(done)));
      });
}

CallReactor* WebhookService::UpdateStatus(CallContext& context) {
  return calls_.Unary<v1::UpdateWebhookStatusRequest, v1::Webhook>(
      context, Rules<v1::UpdateWebhookStatusRequest>(),
      [this](const Caller& caller, const v1::UpdateWebhookStatusRequest& wanted,
             Done<v1::Webhook> done) {
        v1::UpdateWebhookRequest change;
        change.set_id(wanted.id());
        change.set_etag(wanted.etag());
        if (wanted.has_active()) change.set_active(wanted.active());
        *change.mutable_update_mask() = MaskOf(change);
        store_.UpdateWebhook(caller.project, change, clock_(), caller.options,
                             std::move(done));
      });
}

CallReactor* WebhookService::Update(CallContext& context) {
  return calls_.Unary<v1::UpdateWebhookRequest, v1::Webhook>(
      context, Rules<v1::UpdateWebhookRequest>(),
      [this](const Caller& caller, const v1::UpdateWebhookRequest& wanted,
             Done<v1::Webhook> done) {
        v1::UpdateWebhookRequest change = wanted;
        *change.mutable_update_mask() = MaskOf(wanted);
        store_.UpdateWebhook(caller.project, change, clock_(), caller.options,
                             std::move(done));
      });
}

CallReactor* WebhookService::Delete(CallContext& context) {
  return calls_.Unary<v1::DeleteWebhookRequest, v1::Webhook>(
      context, Rules<v1::DeleteWebhookRequest>(),
      [this](const Caller& caller, const v1::DeleteWebhookRequest& wanted,
             Done<v1::Webhook> done) {
        store_.DeleteWebhook(caller.project, wanted, caller.options,
                             std::move(done));
      });
}

CallReactor* WebhookService::RotateSecret(CallContext& context) {
  return calls_.UnaryOnce<v1::RotateWebhookSecretRequest, v1::Webhook>(
      context, {Rules<v1::RotateWebhookSecretRequest>()},
      [this](const Caller& caller, const v1::RotateWebhookSecretRequest& wanted,
             const std::optional<Idempotency>& idempotency,
             Done<Created<v1::Webhook>> done) {
        const SecretRotation rotation{wanted.id(), wanted.etag(),
                                      MakeSecret(entropy_), OverlapOf(wanted),
                                      clock_()};
        store_.RotateSecret(caller.project, rotation, idempotency,
                            caller.options, std::move(done));
      });
}

CallReactor* WebhookService::GetSecrets(CallContext& context) {
  return calls_.Unary<v1::GetWebhookSecretsRequest, v1::WebhookSecrets>(
      context, &Calls::AcceptAny,
      [this](const Caller& caller, const v1::GetWebhookSecretsRequest& wanted,
             Done<v1::WebhookSecrets> done) {
        store_.GetSecrets(caller.project, wanted.id(), clock_(), caller.options,
                          std::move(done));
      });
}

CallReactor* WebhookService::VerifyEvent(CallContext& context) {
  return calls_.Unary<v1::VerifyEventRequest, v1::VerifyEventResponse>(
      context,
      [this](const v1::VerifyEventRequest& event) {
        return CheckEventSignatures(event, clock_());
      },
      [](const Caller&, const v1::VerifyEventRequest& event,
         Done<v1::VerifyEventResponse> done) {
        v1::VerifyEventResponse answer;
        answer.set_payload(PayloadOf(event));
        std::move(done)(std::move(answer));
      });
}

CallReactor* WebhookService::CheckKey(CallContext& context) {
  return calls_.Unary<v1::CheckKeyRequest, v1::CheckKeyResponse>(
      context, &Calls::AcceptAny,
      [](const Caller& caller, const v1::CheckKeyRequest&,
         Done<v1::CheckKeyResponse> done) {
        v1::CheckKeyResponse answer;
        answer.set_id_project(caller.project);
        std::move(done)(std::move(answer));
      });
}

v1::Webhook WebhookService::MakeWebhook(
    const std::string& project, const v1::CreateWebhookRequest& request) {
  const absl::Time now = clock_();
  v1::Webhook webhook;
  webhook.set_id_webhook_endpoint(ids_.Make());
  webhook.set_id_project(project);
  if (request.has_url()) webhook.set_url(request.url());
  if (request.has_description()) {
    webhook.set_endpoint_description(request.description());
  }
  *webhook.mutable_scope() = request.scope();
  if (request.has_delivery()) *webhook.mutable_delivery() = request.delivery();
  webhook.set_secret(MakeSecret(entropy_));
  webhook.set_active(true);
  *webhook.mutable_created_at() = ToTimestamp(now);
  *webhook.mutable_last_update() = webhook.created_at();
  return webhook;
}

}  // namespace webhooks::server
