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

// The whole server: storage, services and listeners.
class Server {
 public:
  // Opens the database, listens, makes the first project where there is none,
  // and serves. An error's message is for the operator; nothing runs then.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config);

  // Returns what a start with `config` would find in its addresses,
  // certificates, database and key files: one finding for each, whatever the
  // others are. Changes nothing, and may be called while a server runs. Reads
  // the whole database: blocks.
  static std::vector<Finding> Check(const Config& config, absl::Time now);

  // Stops as Stop does.
  virtual ~Server() = default;

  // Returns the addresses that it listens on, with the ports that were chosen.
  virtual const std::vector<std::string>& addresses() const = 0;

  // Refuses new calls, lets those in progress end within the configured grace,
  // and closes the database. Every call that was accepted is answered.
  virtual void Stop() = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVER_H_
