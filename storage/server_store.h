#ifndef WEBHOOKS_STORAGE_SERVER_STORE_H_
#define WEBHOOKS_STORAGE_SERVER_STORE_H_

#include <vector>

#include "storage/call.h"
#include "webhooks/v1/admin.pb.h"

namespace webhooks {

// The servers that use the database. The promises of Store hold here.
class ServerStore {
 public:
  virtual ~ServerStore() = default;

  // Returns all servers, the one that started first at the front. Always has
  // this one. A server that has ended without a stop is returned until the
  // others declare it dead.
  virtual void ListServers(const CallOptions& options,
                           Done<std::vector<v1::Server>> done) = 0;

  // Returns the number of servers that do not leave, as this one has last seen
  // them: at least 1. Does not block.
  virtual int CountServers() const = 0;

  // Tells the other servers that this one leaves. ListServers shows it soon, if
  // the database can be reached; CountServers of the others within a beat. Does
  // not block.
  virtual void BeginLeaving() = 0;
};

// Returns the description of a server that delivers and has no name. The store
// sets the fields that are not about the process.
inline v1::Server UnnamedServer() {
  v1::Server server;
  server.set_delivers(true);
  return server;
}

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_SERVER_STORE_H_
