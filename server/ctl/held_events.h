#ifndef WEBHOOKS_SERVER_CTL_HELD_EVENTS_H_
#define WEBHOOKS_SERVER_CTL_HELD_EVENTS_H_

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "server/ctl/command.h"
#include "server/ctl/received_events.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks::ctl {

// Hands the held deliveries of a webhook to `events`, oldest first, as if the
// server had sent them now. Cancels each that is accepted. Returns false at the
// first one that is not, and true after all or once `must_stop` returns true,
// which is asked before each. Errors of the calls.
absl::StatusOr<bool> HandleHeldEvents(Session& session,
                                      const v1::Webhook& webhook,
                                      ReceivedEvents& events,
                                      absl::FunctionRef<bool()> must_stop);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_HELD_EVENTS_H_
