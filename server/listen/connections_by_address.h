#ifndef WEBHOOKS_SERVER_LISTEN_CONNECTIONS_BY_ADDRESS_H_
#define WEBHOOKS_SERVER_LISTEN_CONNECTIONS_BY_ADDRESS_H_

#include <sys/socket.h>

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace webhooks::server {

// Counts the connections of each client. Whoever closes them need not say so:
// that is looked up once it matters. Not thread-safe.
class ConnectionsByAddress {
 public:
  // Of one client (see ClientAddress) `limit` at most.
  explicit ConnectionsByAddress(int limit) : limit_(limit) {}

  // Counts a connection that was just accepted from `peer`. False: its client
  // has as many as it may, and it does not count.
  bool Add(int connection, const sockaddr_storage& peer);

 private:
  struct Connection {
    std::string client;
    sockaddr_storage peer;
  };

  void Forget(int connection);
  // Forgets those of the client that are closed.
  void ForgetClosed(const std::string& client);

  const int limit_;
  absl::flat_hash_map<int, Connection> connections_;
  absl::flat_hash_map<std::string, absl::flat_hash_set<int>> clients_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_CONNECTIONS_BY_ADDRESS_H_
