#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "proto/rpc/status.h"
#include "server/ctl/command.h"
#include "server/ctl/event_receiver.h"
#include "server/ctl/lists.h"
#include "server/ctl/received_events.h"
#include "server/ctl/short_ids.h"
#include "server/runtime/peer_scope.h"
#include "server/runtime/trace_context.h"
#include "server/signing/panora_signature.h"
#include "server/signing/standard_signature.h"
#include "webhooks/v1/delivery.pb.h"
#include "webhooks/v1/delivery_service.pb.h"
#include "webhooks/v1/webhook_service.pb.h"

// The command listen, which runs a receiver.
namespace webhooks::ctl {
namespace {

// The flags that a server needs to deliver to this machine.
constexpr absl::string_view kNeeded =
    "--allow_http_urls and --allow_targets=127.0.0.1; or use --pull";

constexpr absl::Duration kPullInterval = absl::Seconds(1);
// The wait after an application has not accepted an event.
constexpr absl::Duration kPullRetry = absl::Seconds(5);

// The write end of the pipe of the StopSignal.
volatile sig_atomic_t stop_pipe = -1;

// Catches SIGINT and SIGTERM. The threads of gRPC do not block them, so a
// handler writes to a pipe. At most one object exists at a time.
class StopSignal {
 public:
  StopSignal() {
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
    read_end_ = ends[0];
    stop_pipe = ends[1];
    struct sigaction action {};
    action.sa_handler = [](int) {
      const int error = errno;
      if (write(stop_pipe, "", 1) < 0) errno = error;
    };
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
  }

  // Returns true if a signal came within `timeout`.
  bool Wait(absl::Duration timeout) const {
    pollfd waited{read_end_, POLLIN, 0};
    return poll(&waited, 1,
                static_cast<int>(absl::ToInt64Milliseconds(timeout))) != 0;
  }

 private:
  int read_end_ = -1;
};

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

// Returns the webhook of --webhook, which must not deliver to another receiver.
absl::StatusOr<v1::Webhook> Existing(Session& session,
                                     const std::string& text) {
  const auto id = WebhookId(session, text);
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

// Returns the webhook to listen with: that of --webhook, or a new one.
absl::StatusOr<v1::Webhook> Open(Session& session, const std::string& url) {
  absl::StatusOr<v1::Webhook> webhook;
  if (session.options.webhook) {
    webhook = Existing(session, *session.options.webhook);
    if (!webhook.ok()) return webhook;
    webhook = SetUrl(session, webhook->id_webhook_endpoint(), url);
  } else {
    webhook = Register(session, url);
  }
  if (Reason(webhook.status()) != "INVALID_URL") return webhook;
  return absl::FailedPreconditionError(absl::StrCat(
      "the server refuses to deliver to this machine; it needs ", kNeeded));
}

// Removes the new webhook. Clears the URL of the webhook of --webhook; its
// events then wait for the next time.
absl::Status Close(Session& session, const std::string& webhook) {
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

// Makes the server send an example event, which it does not store.
// FAILED_PRECONDITION with the cause if deliveries cannot arrive.
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
                   attempt->error_detail()));
}

void PrintStart(const Session& session, const v1::Webhook& webhook,
                absl::string_view place) {
  (session.options.json ? std::cerr : std::cout)
      << "webhook " << webhook.id_webhook_endpoint() << " listens " << place
      << ", secret " << webhook.secret() << "; Ctrl-C "
      << (session.options.webhook ? "ends it, and events wait"
                                  : "removes the webhook")
      << std::endl;
}

// Lets the server call a receiver on this machine.
absl::Status Receive(Session& session,
                     std::optional<LocalApplication> application) {
  const auto receiver = EventReceiver::Bind();
  if (!receiver.ok()) return receiver.status();
  const StopSignal stop;
  const auto webhook = Open(
      session, absl::StrCat("http://127.0.0.1:", (*receiver)->port(), "/"));
  if (!webhook.ok()) return webhook.status();
  ReceivedEvents events(webhook->secret(), std::move(application),
                        session.options.json);
  const std::string example = NewRequestId();
  (*receiver)->Start(events, example);
  absl::Status status = SendExample(session, *webhook, example);
  session.client.Disconnect();
  if (status.ok()) {
    PrintStart(session, *webhook, absl::StrCat("at ", webhook->url()));
  }
  events.Begin();
  if (status.ok()) {
    while (!stop.Wait(absl::Hours(1))) {
    }
  }
  const absl::Status closed = Close(session, webhook->id_webhook_endpoint());
  return status.ok() ? closed : status;
}

// Returns the held deliveries of the webhook, oldest first.
absl::StatusOr<std::vector<v1::Delivery>> Held(Session& session,
                                               const std::string& webhook) {
  v1::ListDeliveriesRequest wanted;
  wanted.set_id_webhook_endpoint(webhook);
  wanted.set_state(v1::Delivery::HELD);
  auto held = ListSome<v1::Delivery>(
      0, wanted,
      [&](const auto& request) {
        return session.client.Call<v1::ListDeliveriesResponse>(
            "webhooks.v1.DeliveryService/List", request);
      },
      [](const auto& page) { return page.deliveries(); });
  if (held.ok()) std::reverse(held->begin(), held->end());
  return held;
}

// Handles one held delivery as if the server had sent it now, and cancels it if
// it was accepted. Returns false if it was not.
absl::StatusOr<bool> PullOne(Session& session, const v1::Webhook& webhook,
                             const v1::Delivery& delivery,
                             ReceivedEvents& events) {
  v1::ExplainDeliveryRequest explain;
  explain.set_id_event(delivery.id_event());
  explain.set_id_webhook_endpoint(webhook.id_webhook_endpoint());
  const auto explanation = session.client.Call<v1::ExplainDeliveryResponse>(
      "webhooks.v1.DeliveryService/Explain", explain);
  if (!explanation.ok()) return explanation.status();
  // "id.seconds.body"
  const std::vector<std::string> parts =
      absl::StrSplit(explanation->signed_content(), absl::MaxSplits('.', 2));
  if (parts.size() < 3) {
    return absl::InternalError("the server did not tell what is signed");
  }
  const absl::Time now = absl::Now();
  const std::string& body = parts[2];
  const Headers headers = {
      {"content-type", "application/json"},
      {"traceparent", StartSpan("", "").Traceparent()},
      {"webhook-id", parts[0]},
      {"webhook-timestamp", absl::StrCat(absl::ToUnixSeconds(now))},
      {"webhook-signature",
       server::StandardSignature(server::SignedContent(parts[0], now, body),
                                 webhook.secret())},
      {"panora-signature",
       server::PanoraSignature(body, webhook.secret()).value_or("")}};
  const int status = events.Handle(headers, body);
  if (status < 200 || status >= 300) return false;
  v1::CancelDeliveryRequest cancel;
  cancel.set_id(delivery.id_delivery());
  const auto cancelled = session.client.Call<v1::Delivery>(
      "webhooks.v1.DeliveryService/Cancel", cancel);
  if (!cancelled.ok()) return cancelled.status();
  return true;
}

// Handles the held deliveries until one is not accepted. Returns the wait
// before the next time.
absl::StatusOr<absl::Duration> PullOnce(Session& session,
                                        const v1::Webhook& webhook,
                                        ReceivedEvents& events) {
  const auto held = Held(session, webhook.id_webhook_endpoint());
  if (!held.ok()) return held.status();
  for (const v1::Delivery& delivery : *held) {
    const auto accepted = PullOne(session, webhook, delivery, events);
    if (!accepted.ok()) return accepted.status();
    if (!*accepted) return kPullRetry;
  }
  return kPullInterval;
}

// Fetches the events of a webhook without a URL, in their order.
absl::Status Pull(Session& session,
                  std::optional<LocalApplication> application) {
  const StopSignal stop;
  const auto webhook = Open(session, "");
  if (!webhook.ok()) return webhook.status();
  ReceivedEvents events(webhook->secret(), std::move(application),
                        session.options.json);
  PrintStart(session, *webhook, "by fetching its events");
  events.Begin();
  absl::Status status;
  for (absl::Duration wait = absl::ZeroDuration(); !stop.Wait(wait);) {
    const auto next = PullOnce(session, *webhook, events);
    if (!next.ok()) {
      // The server may be restarting: tries again.
      std::cerr << next.status().message() << std::endl;
      if (!absl::IsUnavailable(next.status())) {
        status = next.status();
        break;
      }
    }
    wait = next.ok() ? *next : kPullRetry;
  }
  const absl::Status closed = Close(session, webhook->id_webhook_endpoint());
  return status.ok() ? closed : status;
}

absl::Status Listen(Session& session) {
  const Options& options = session.options;
  if (options.scope && options.webhook) {
    return absl::InvalidArgumentError(
        "--scope: the webhook of --webhook has a scope already");
  }
  std::optional<LocalApplication> application;
  if (options.forward_to) {
    auto parsed = LocalApplication::Parse(*options.forward_to);
    if (!parsed.ok()) return parsed.status();
    application = *std::move(parsed);
  }
  const bool is_local = StaysOnThisMachine(options.server);
  return options.pull || !is_local ? Pull(session, std::move(application))
                                   : Receive(session, std::move(application));
}

}  // namespace

std::vector<Command> ListenCommands() {
  return {{"listen",
           "",
           {"scope", "webhook", "forward_to", "pull"},
           "Prints each event with its headers and whether its signature is "
           "valid. Registers a webhook, and removes it at the end; --webhook "
           "uses one that stays. A server on this machine calls it and needs "
           "--allow_http_urls and --allow_targets=127.0.0.1; from one on "
           "another machine, events are fetched.",
           &Listen}};
}

}  // namespace webhooks::ctl
