#include "server/call/deadline.h"

#include <grpc/support/time.h>
#include <grpcpp/server_context.h>

namespace webhooks::server {

absl::Time DeadlineOf(const grpc::ServerContextBase& context) {
  const gpr_timespec deadline =
      gpr_convert_clock_type(context.raw_deadline(), GPR_CLOCK_REALTIME);
  if (gpr_time_cmp(deadline, gpr_inf_future(GPR_CLOCK_REALTIME)) == 0) {
    return absl::InfiniteFuture();
  }
  return absl::FromUnixSeconds(deadline.tv_sec) +
         absl::Nanoseconds(deadline.tv_nsec);
}

}  // namespace webhooks::server
