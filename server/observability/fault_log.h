#ifndef WEBHOOKS_SERVER_OBSERVABILITY_FAULT_LOG_H_
#define WEBHOOKS_SERVER_OBSERVABILITY_FAULT_LOG_H_

#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/steady_clock.h"

namespace webhooks::server {

// Bounds the log lines about faults of the database, of which an outage has
// thousands. The first fault with a cause gets a line at once. Those that
// follow are counted, and get a line together every kInterval. Thread-safe.
class FaultLog {
 public:
  static constexpr absl::Duration kInterval = absl::Seconds(5);

  // Writes a line about `count` faults. `operation` is that of the last one.
  using Write = std::function<void(absl::string_view operation,
                                   absl::string_view cause, int count)>;

  // `write` must not use this object.
  FaultLog(Write write, SteadyClock clock);

  // Writes what Flush would.
  ~FaultLog();

  void Add(absl::string_view operation, absl::string_view cause);

  // Writes the lines that are due. Call it about once a second.
  void WriteDue();

  // Writes lines about the faults that were counted. The next fault with any
  // cause gets a line at once.
  void Flush();

 private:
  struct Faults {
    std::string operation;
    int count = 0;
    absl::Duration next_line;
  };

  void WriteLines(absl::Duration now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Write write_;
  const SteadyClock clock_;
  absl::Mutex mutex_;
  // By cause; at most kMaxCauses.
  std::map<std::string, Faults, std::less<>> faults_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_OBSERVABILITY_FAULT_LOG_H_
