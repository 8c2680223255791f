#include "server/ctl/listen_webhook.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "proto/rpc/status.h"
#include "server/ctl/short_ids.h"
#include "webhooks/v1/delivery.pb.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::ctl {
namespace {

// The flags that a server needs to deliver to this machine.
constexpr absl::string_view kNeeded =
    "--allow_http_urls and --allow_targets=127.0.0.1; or use --pull";

absl::StatusOr<v1::Webhook> Update(Session& session,
                                   const v1::UpdateWebhookRequest& request) {
  return session.client.Call<v1::Webhook>("webhooks.v1.WebhookService/Update",
                                          request);
}

// Sets or clears the URL of the webhook of --webhook.
absl::StatusOr<v1::Webhook> SetUrl(Session& session, const std::string& webhook,
                                   const std::string& url) {
  v1::UpdateWebhookRequest request;
  request.set_id(webhook);
  request.mutable_update_mask()->add_paths("url");
  if (!url.empty()) request.set_url(url);
  return Update(session, request);
}

// Returns the webhook of --webhook, which is to get `url`.
absl::StatusOr<v1::Webhook> Existing(Session& session, const std::string& url) {
  const auto id = WebhookId(session, *session.options.webhook);
  if (!id.ok()) return id.status();
  v1::GetWebhookRequest request;
  request.set_id(*id);
  auto webhook = session.client.Call<v1::Webhook>(
      "webhooks.v1.WebhookService/Get", request);
  if (!webhook.ok()) return webhook;
  if (webhook->has_url() &&
      !absl::StartsWith(webhook->url(), "http://127.0.0.1:")) {
    return absl::FailedPreconditionError(
        absl::StrCat("the webhook delivers to ", webhook->url(),
                     "; --webhook needs one without a URL, which listen sets "
                     "while it runs"));
  }
  if (!url.empty() && !webhook->active()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the webhook is inactive, so the server sends it nothing; activate it: "
        "webhookctl webhook update ",
        *id, " --active=true"));
  }
  return webhook;
}

// Registers a webhook; without a URL if `url` is empty.
absl::StatusOr<v1::Webhook> Register(Session& session, const std::string& url) {
  v1::CreateWebhookRequest request;
  if (!url.empty()) request.set_url(url);
  request.set_description("webhookctl listen");
  request.set_request_id(NewRequestId());
  if (session.options.scope) {
    for (const absl::string_view type :
         absl::StrSplit(*session.options.scope, ',')) {
      request.add_scope(std::string(type));
    }
  } else {
    request.set_all_events(true);
  }
  return session.client.Call<v1::Webhook>("webhooks.v1.WebhookService/Create",
                                          request);
}

}  // namespace

absl::StatusOr<v1::Webhook> OpenWebhook(Session& session,
                                        const std::string& url) {
  absl::StatusOr<v1::Webhook> webhook;
  if (session.options.webhook) {
    webhook = Existing(session, url);
    if (!webhook.ok()) return webhook;
    webhook = SetUrl(session, webhook->id_webhook_endpoint(), url);
  } else {
    webhook = Register(session, url);
  }
  if (Reason(webhook.status()) != "INVALID_URL") return webhook;
  return absl::FailedPreconditionError(absl::StrCat(
      "the server refuses to deliver to this machine; it needs ", kNeeded));
}

absl::Status CloseWebhook(Session& session, const std::string& webhook) {
  if (session.options.webhook) return SetUrl(session, webhook, "").status();
  v1::DeleteWebhookRequest request;
  request.set_id(webhook);
  const absl::Status status =
      session.client
          .Call<v1::Webhook>("webhooks.v1.WebhookService/Delete", request)
          .status();
  if (status.ok() || absl::IsNotFound(status)) return absl::OkStatus();
  return absl::Status(
      status.code(),
      absl::StrCat(status.message(), "; the webhook is still there: ",
                   "webhookctl webhook delete ", webhook));
}

absl::Status SendExample(Session& session, const v1::Webhook& webhook,
                         const std::string& example) {
  v1::TestWebhookRequest request;
  request.set_id(webhook.id_webhook_endpoint());
  request.set_data(absl::StrCat("\"", example, "\""));
  const auto attempt = session.client.Call<v1::Attempt>(
      "webhooks.v1.DeliveryService/Test", request);
  if (Reason(attempt.status()) == "DELIVERY_DISABLED") return attempt.status();
  // Another failure does not show that deliveries cannot arrive.
  if (!attempt.ok() || attempt->error() == v1::Attempt::ERROR_UNSPECIFIED) {
    return absl::OkStatus();
  }
  if (attempt->error() == v1::Attempt::TARGET_REFUSED) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the server refuses to deliver to this machine; it needs ", kNeeded));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the server cannot deliver to ", webhook.url(), ": ",
                   attempt->error_detail(),
                   "; if the server does not run on this machine itself but in "
                   "a container or behind a tunnel, use --pull"));
}

}  // namespace webhooks::ctl
