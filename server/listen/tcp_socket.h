#ifndef WEBHOOKS_SERVER_LISTEN_TCP_SOCKET_H_
#define WEBHOOKS_SERVER_LISTEN_TCP_SOCKET_H_

#include <sys/socket.h>

#include <cstdint>
#include <string>

// Socket calls for a TCP connection.
namespace webhooks::server {

// Returns gRPC's name of the peer: a URI with percent-encoded brackets and zone
// separator; "" for a unix socket.
std::string PeerName(const sockaddr_storage& peer);

// Returns the total bytes that the connection has received; 0 if the kernel
// does not report them.
std::int64_t BytesReceived(int descriptor);

// Shuts down the connection and drops the bytes that were not read, which can
// be many calls. gRPC notices and closes it.
void ShutDown(int descriptor);

// Starts or stops reading the connection slowly. A small receive buffer makes
// the sender wait repeatedly (RFC 9293, section 3.8.6.2.1), so that gRPC's
// thread finds nothing to read. Afterwards the kernel chooses the buffer size
// again (Linux 5.15 or later).
void ReadSlowly(int descriptor, bool slowly);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_TCP_SOCKET_H_
