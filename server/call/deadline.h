#ifndef WEBHOOKS_SERVER_CALL_DEADLINE_H_
#define WEBHOOKS_SERVER_CALL_DEADLINE_H_

#include "absl/time/time.h"

namespace grpc {
class ServerContextBase;
}

namespace webhooks::server {

// The deadline of a call, however far away it is: infinite where there is none.
// ServerContextBase::deadline() counts in nanoseconds and makes a deadline of
// the past of one behind the year 2262.
absl::Time DeadlineOf(const grpc::ServerContextBase& context);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_DEADLINE_H_
