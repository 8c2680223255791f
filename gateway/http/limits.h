#ifndef WEBHOOKS_GATEWAY_HTTP_LIMITS_H_
#define WEBHOOKS_GATEWAY_HTTP_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace webhooks::gateway {

// The limits of requests and connections. All are positive.
struct HttpLimits {
  // Request line and header fields together: 431 beyond.
  std::size_t header_bytes = 16 << 10;
  // The body without its chunk framing: 413 beyond.
  std::size_t body_bytes = 1 << 20;
  // The received bytes of all bodies of requests in progress: 503 beyond. Also,
  // with a budget of its own, all answers that wait to be read: beyond, the
  // connection is closed.
  std::size_t buffered_bytes = 256 << 20;
  // The part of buffered_bytes for one address (see ClientAddress).
  std::size_t buffered_bytes_per_address = 64 << 20;
  // A body or answer that is not larger than this does not count.
  std::size_t uncounted_bytes = 16 << 10;
  // From the first byte of a request to the end of its header: 408 beyond. Also
  // the time limit of a TLS handshake: beyond, the connection is closed.
  absl::Duration header_timeout = absl::Seconds(10);
  // From the end of the header to the end of the body: 408 beyond.
  absl::Duration body_timeout = absl::Seconds(30);
  // Between requests, and before the first: beyond, the connection is closed.
  absl::Duration idle_timeout = absl::Seconds(120);
  // For the client to read an answer: beyond, the connection is closed.
  absl::Duration write_timeout = absl::Seconds(30);
  // The time for which bytes that a client still sends are read and dropped
  // after the last answer. Closing at once would reset the connection, and the
  // reset can overtake the answer.
  absl::Duration linger_timeout = absl::Seconds(2);
  // Open connections: 503 for a further one.
  int connections = 10000;
  // The part of `connections` for one address (see ClientAddress).
  int connections_per_address = 1000;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_LIMITS_H_
