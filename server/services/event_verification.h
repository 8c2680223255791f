#ifndef WEBHOOKS_SERVER_SERVICES_EVENT_VERIFICATION_H_
#define WEBHOOKS_SERVER_SERVICES_EVENT_VERIFICATION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::server {

// Checks the signatures that a receiver has received: `signature`, the three
// headers of Standard Webhooks, or both. All that are given must be right.
// INVALID_ARGUMENT (SIGNATURE_MISMATCH) lists what is missing or wrong, without
// the expected signature. `now` is compared with webhook_timestamp.
absl::Status CheckEventSignatures(const v1::VerifyEventRequest& event,
                                  absl::Time now);

// Returns the event of a request: its payload, or its body.
const std::string& PayloadOf(const v1::VerifyEventRequest& event);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_EVENT_VERIFICATION_H_
