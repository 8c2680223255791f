#ifndef WEBHOOKS_GATEWAY_GATEWAY_H_
#define WEBHOOKS_GATEWAY_GATEWAY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/config.h"
#include "server/runtime/findings.h"

namespace webhooks::gateway {

// The whole gateway: listeners, handlers and the connections to the server.
class Gateway {
 public:
  // Reads the routes and certificates, listens and serves. Does not wait for
  // the server. An error's message is for the operator; nothing runs then.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const Config& config);

  // Returns the findings of a start with `config` about its certificates,
  // addresses, server and pages: one for each. Calls the server, for a few
  // seconds at most. Changes nothing, and may be called while a gateway runs.
  static std::vector<Finding> Check(const Config& config, absl::Time now);

  virtual ~Gateway() = default;

  // Returns the addresses of the listeners, with the ports that were chosen.
  virtual const std::vector<std::string>& addresses() const = 0;

  // Accepts nothing more, closes idle connections, and lets requests in
  // progress end within the configured grace.
  virtual void Stop() = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_GATEWAY_H_
