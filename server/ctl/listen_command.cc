#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/ctl/command.h"
#include "server/ctl/event_receiver.h"
#include "server/ctl/held_events.h"
#include "server/ctl/listen_webhook.h"
#include "server/ctl/received_events.h"
#include "server/runtime/peer_scope.h"
#include "server/runtime/stop_signals.h"
#include "webhooks/v1/webhook.pb.h"

// The command listen, which runs a receiver.
namespace webhooks::ctl {
namespace {

constexpr absl::Duration kPullInterval = absl::Seconds(1);
// The wait after an application has not accepted an event, or after a failure.
constexpr absl::Duration kPullRetry = absl::Seconds(5);

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
  auto bound = EventReceiver::Bind();
  if (!bound.ok()) return bound.status();
  const auto webhook = OpenWebhook(
      session, absl::StrCat("http://127.0.0.1:", (*bound)->port(), "/"));
  if (!webhook.ok()) return webhook.status();
  ReceivedEvents events(webhook->secret(), std::move(application),
                        session.options.json);
  // Ends before the events, which its threads use.
  const std::unique_ptr<EventReceiver> receiver = *std::move(bound);
  const std::string example = NewRequestId();
  receiver->Start(events, example);
  absl::Status status = SendExample(session, *webhook, example);
  session.client.Disconnect();
  if (status.ok()) {
    PrintStart(session, *webhook, absl::StrCat("at ", webhook->url()));
  }
  events.Begin();
  if (status.ok()) WaitForStopSignal();
  receiver->Stop();
  const absl::Status closed =
      CloseWebhook(session, webhook->id_webhook_endpoint());
  return status.ok() ? closed : status;
}

// Fetches the events of a webhook without a URL until a stop signal. Goes on
// while the server cannot be reached.
absl::Status PullUntilStop(Session& session, const v1::Webhook& webhook,
                           ReceivedEvents& events) {
  bool is_stopped = false;
  const auto stops_within = [&](absl::Duration timeout) {
    is_stopped = is_stopped || StopSignalWithin(timeout);
    return is_stopped;
  };
  for (absl::Duration wait; !stops_within(wait);) {
    const auto all_accepted = HandleHeldEvents(session, webhook, events, [&] {
      return stops_within(absl::ZeroDuration());
    });
    wait = all_accepted.ok() && *all_accepted ? kPullInterval : kPullRetry;
    if (all_accepted.ok()) continue;
    if (!absl::IsUnavailable(all_accepted.status())) {
      return all_accepted.status();
    }
    std::cerr << all_accepted.status().message() << std::endl;
  }
  return absl::OkStatus();
}

absl::Status Pull(Session& session,
                  std::optional<LocalApplication> application) {
  const auto webhook = OpenWebhook(session, "");
  if (!webhook.ok()) return webhook.status();
  ReceivedEvents events(webhook->secret(), std::move(application),
                        session.options.json);
  PrintStart(session, *webhook, "by fetching its events");
  events.Begin();
  const absl::Status status = PullUntilStop(session, *webhook, events);
  const absl::Status closed =
      CloseWebhook(session, webhook->id_webhook_endpoint());
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
           &Listen,
           /*waits_for_stop=*/true}};
}

}  // namespace webhooks::ctl
