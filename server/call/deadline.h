#ifndef WEBHOOKS_SERVER_CALL_DEADLINE_H_
#define WEBHOOKS_SERVER_CALL_DEADLINE_H_

#include "absl/time/time.h"

namespace grpc {
class ServerContextBase;
}

namespace webhooks::server {

// Returns the deadline of a call; InfiniteFuture if it has none.
// ServerContextBase::deadline() overflows for deadlines after the year 2262.
absl::Time DeadlineOf(const grpc::ServerContextBase& context);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_DEADLINE_H_
