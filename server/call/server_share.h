#ifndef WEBHOOKS_SERVER_CALL_SERVER_SHARE_H_
#define WEBHOOKS_SERVER_CALL_SERVER_SHARE_H_

#include <algorithm>
#include <functional>

namespace webhooks::server {

// Returns the number of servers that answer calls together, at least 1. Limits
// that hold for all of them are divided by it. Does not block; thread-safe.
using ServerCount = std::function<int()>;

inline int OneServer() { return 1; }

// Returns the part of `limit` for one of the servers, at least 1. So the limit
// of all together is `limit`, or their number if that is more.
inline double ShareOf(double limit, int servers) {
  return std::max(1.0, limit / servers);
}

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_SERVER_SHARE_H_
