#ifndef WEBHOOKS_SERVER_LISTEN_TRANSPORT_CALLS_H_
#define WEBHOOKS_SERVER_LISTEN_TRANSPORT_CALLS_H_

#include <cstdint>
#include <string>
#include <vector>

// The calls of connections as gRPC's transports count them (channelz,
// https://github.com/grpc/proposal/blob/master/A14-channelz.md): from their
// headers on, before a handler runs, until gRPC has forgotten them.
namespace webhooks::server {

// gRPC's side of a connection.
struct Transport {
  // The peer's name in gRPC.
  std::string peer;
  // More than 0, and never used again.
  std::int64_t id;
};

// Returns the transports of this process's gRPC servers whose id is more than
// `after`. One may be listed later than others that have a higher id.
std::vector<Transport> ListTransports(std::int64_t after);

// Returns how many calls of the transport have begun and are not over; 0 if its
// connection is.
std::int64_t CountOpenCalls(std::int64_t transport);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_TRANSPORT_CALLS_H_
