#ifndef WEBHOOKS_SERVER_CTL_LISTEN_WEBHOOK_H_
#define WEBHOOKS_SERVER_CTL_LISTEN_WEBHOOK_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/ctl/command.h"
#include "webhooks/v1/webhook.pb.h"

// The webhook whose events `webhookctl listen` gets: that of --webhook, or a
// new one.
namespace webhooks::ctl {

// Sets the URL of the webhook of --webhook, or registers a webhook with it; ""
// for none. Returns the webhook. FAILED_PRECONDITION: the webhook of --webhook
// has the URL of somebody else, or is inactive and so would not be called; or
// the server does not deliver to this machine.
absl::StatusOr<v1::Webhook> OpenWebhook(Session& session,
                                        const std::string& url);

// Makes the server send an example event with the text `example`, which it does
// not store. FAILED_PRECONDITION, with the cause, if deliveries cannot arrive.
absl::Status SendExample(Session& session, const v1::Webhook& webhook,
                         const std::string& example);

// Removes the new webhook, or clears the URL of that of --webhook, whose events
// then wait for the next time.
absl::Status CloseWebhook(Session& session, const std::string& webhook);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_LISTEN_WEBHOOK_H_
