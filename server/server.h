#ifndef WEBHOOKS_SERVER_SERVER_H_
#define WEBHOOKS_SERVER_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/config.h"
#include "server/runtime/findings.h"

namespace webhooks::server {

// The server with storage, services and listeners.
class Server {
 public:
  // Opens the database, listens, creates the first project if there is none,
  // and serves. The message of an error is for the operator.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config);

  // Checks the addresses, certificates, database and key files of `config`.
  // Returns one finding for each. Changes nothing, and may be called while a
  // server runs. Blocks while it reads the whole database, or sees the other
  // servers of a database beat.
  static std::vector<Finding> Check(const Config& config, absl::Time now);

  // Calls Stop.
  virtual ~Server() = default;

  // Returns the addresses of the listeners, with the chosen ports.
  virtual const std::vector<std::string>& addresses() const = 0;

  // Refuses new calls, lets calls in progress end within the configured grace
  // period, and closes the database. Answers every accepted call.
  virtual void Stop() = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVER_H_
