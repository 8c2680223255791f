#ifndef WEBHOOKS_STORAGE_SQL_OWNERSHIP_H_
#define WEBHOOKS_STORAGE_SQL_OWNERSHIP_H_

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/delivery_queue.h"
#include "storage/leases.h"
#include "storage/sql/connection.h"
#include "webhooks/v1/admin.pb.h"

namespace webhooks::sql {

// The part of the endpoints whose deliveries this process leases, where several
// processes use one database. At any time one process owns an endpoint, so the
// limits and the order of its deliveries hold as with one process. Thread-safe.
class Ownership {
 public:
  // Called by an Ownership, on any thread.
  struct Callbacks {
    // The process owns the endpoints that `is_owned` accepts: the deliveries
    // that wait for them should be found. Calls `done` with false if that
    // failed.
    std::function<void(std::function<bool(const Endpoint&)> is_owned,
                       std::function<void(bool)> done)>
        find_waiting;
    // It does not own the endpoint any more. Leases whose attempts have not
    // begun should be given up.
    std::function<void(const Endpoint&)> lost;
    // Another process has committed a change for an owned endpoint, or for a
    // project if there is no webhook.
    std::function<void(const EndpointDue&)> changed;
    // Calls `done` with true when every transaction that has begun is over, and
    // with false if that cannot be told.
    std::function<void(std::function<void(bool)> done)> after_transactions;
  };

  // Leaves: other processes take over.
  virtual ~Ownership() = default;

  // Begins to own endpoints. `leases` are those of the process; all must
  // outlive this.
  virtual void Start(Leases& leases, Callbacks callbacks) = 0;

  // Ends the callbacks. The process owns what it owns until the end.
  virtual void Stop() = 0;

  // Returns true if this process may lease deliveries of the endpoint now.
  virtual bool Owns(const Endpoint& endpoint) const = 0;

  // Returns true if this process performs the maintenance.
  virtual bool Maintains() const = 0;

  // Returns true if no other process uses the database.
  virtual bool IsAlone() const = 0;

  // Tells the other processes of changes, within the transaction that makes
  // them.
  virtual absl::Status Announce(Connection& connection,
                                const std::vector<EndpointDue>& changes) = 0;

  // See ServerStore. ListServers reads with `connection`.
  virtual absl::StatusOr<std::vector<v1::Server>> ListServers(
      Connection& connection) const = 0;
  virtual int CountServers() const = 0;
  virtual void BeginLeaving() = 0;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_OWNERSHIP_H_
