#include "server/runtime/open_files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>

#include "server/runtime/log.h"

namespace webhooks {

void HoldStandardFiles() {
  int file;
  do {
    // The kernel uses the lowest free number.
    file = open("/dev/null", O_RDWR);
  } while (file >= 0 && file <= STDERR_FILENO);
  if (file > STDERR_FILENO) close(file);
}

void RaiseFileLimit(int connections) {
  constexpr rlim_t kOtherFiles = 64;
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t needs = static_cast<rlim_t>(connections) + kOtherFiles;
  if (limit.rlim_max >= needs) return;
  Log(LogLevel::kWarning,
      "too few open files for --max_connections: raise ulimit -n or "
      "LimitNOFILE, or lower --max_connections",
      {{"limit", static_cast<std::int64_t>(limit.rlim_max)},
       {"needs", static_cast<std::int64_t>(needs)}});
}

}  // namespace webhooks
