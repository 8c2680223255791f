#ifndef WEBHOOKS_SERVER_SERVER_H_
#define WEBHOOKS_SERVER_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/config.h"

namespace webhooks::server {

// The whole server: storage, services and listeners.
class Server {
 public:
  // Opens the database, listens, makes the first project where there is none,
  // and serves. An error's message is for the operator; nothing runs then.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config);

  // Stops as Stop does.
  virtual ~Server() = default;

  // Where it listens, with the ports that were picked.
  virtual const std::vector<std::string>& addresses() const = 0;

  // Refuses new calls, lets those in progress end within the configured grace,
  // and closes the database. Every call that was accepted is answered.
  virtual void Stop() = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVER_H_
