#ifndef WEBHOOKS_SERVER_LISTEN_TRANSPORT_CALLS_H_
#define WEBHOOKS_SERVER_LISTEN_TRANSPORT_CALLS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace webhooks::server {

// Counts the calls of connections as gRPC's transport does (channelz,
// https://github.com/grpc/proposal/blob/master/A14-channelz.md): from their
// headers on, before a handler runs, until gRPC has forgotten them. For one
// thread.
class TransportCalls {
 public:
  struct Connection {
    // As gRPC names the peer.
    std::string peer;
    // More than 0, and never used again.
    std::int64_t id;
  };

  // Returns the connections that gRPC's servers in this process have taken over
  // since the last call, without those that are over already.
  std::vector<Connection> TakeNew();

  // Returns how many calls of the connection have begun and are not over; 0 if
  // the connection is.
  static std::int64_t CountOpen(std::int64_t id);

 private:
  std::int64_t last_ = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_TRANSPORT_CALLS_H_
