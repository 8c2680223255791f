#include "gateway/file_limit.h"

#include <sys/resource.h>

#include <cstdint>

#include "server/runtime/log.h"

namespace webhooks::gateway {

void RaiseFileLimit(int connections) {
  constexpr rlim_t kOtherFiles = 64;
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < static_cast<rlim_t>(connections) + kOtherFiles) {
    Log(LogLevel::kWarning, "too few open files for --max_connections",
        {{"limit", static_cast<std::int64_t>(limit.rlim_max)}});
  }
}

}  // namespace webhooks::gateway
