#ifndef WEBHOOKS_SERVER_LISTEN_TCP_SOCKET_H_
#define WEBHOOKS_SERVER_LISTEN_TCP_SOCKET_H_

#include <sys/socket.h>

#include <cstdint>
#include <string>

// Asks and tells the kernel about a connection by TCP, by a descriptor of it.
namespace webhooks::server {

// Returns gRPC's name of the peer: a URI, in which brackets and the percent
// sign before a zone are encoded; "" for a unix socket.
std::string PeerName(const sockaddr_storage& peer);

// Returns how many bytes the connection has received in all; 0 if the kernel
// does not tell.
std::int64_t BytesReceived(int descriptor);

// Ends the connection, and drops what it has received and nobody has read: a
// megabyte can be many calls. gRPC sees the end, and closes it.
void ShutDown(int descriptor);

// Reads the connection slowly from now on, or no longer. A buffer that becomes
// small makes the sender wait again and again (RFC 9293, section 3.8.6.2.1), so
// that gRPC's thread finds nothing to read. Afterwards the kernel chooses its
// size again, from Linux 5.15 on.
void ReadSlowly(int descriptor, bool slowly);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_TCP_SOCKET_H_
