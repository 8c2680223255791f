#ifndef WEBHOOKS_SERVER_LISTEN_TRANSPORT_CALLS_H_
#define WEBHOOKS_SERVER_LISTEN_TRANSPORT_CALLS_H_

#include <cstdint>
#include <string>
#include <vector>

// Reads the open calls of connections from channelz
// (https://github.com/grpc/proposal/blob/master/A14-channelz.md). A call counts
// from its headers, before a handler starts, until gRPC has released it.
namespace webhooks::server {

// gRPC's side of a connection.
struct Transport {
  // gRPC's name of the peer.
  std::string peer;
  // More than 0; never reused.
  std::int64_t id;
};

// Returns the transports of all gRPC servers of this process with an id above
// `after`. A transport may appear later than others with a higher id.
std::vector<Transport> ListTransports(std::int64_t after);

// Returns the number of open calls of the transport; 0 if it has ended.
std::int64_t CountOpenCalls(std::int64_t transport);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_TRANSPORT_CALLS_H_
