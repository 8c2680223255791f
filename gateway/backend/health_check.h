#ifndef WEBHOOKS_GATEWAY_BACKEND_HEALTH_CHECK_H_
#define WEBHOOKS_GATEWAY_BACKEND_HEALTH_CHECK_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/runtime/tls_material.h"

namespace webhooks::gateway {

// Asks the server's health service on a connection of its own, and waits up to
// `timeout`. The other arguments are those of MakeChannel. UNAVAILABLE: the
// server cannot be reached, with gRPC's reason in the message, or is not
// serving.
absl::Status CheckHealth(const std::string& target, const TlsMaterial* tls,
                         const std::string& tls_name, absl::Duration timeout);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_HEALTH_CHECK_H_
