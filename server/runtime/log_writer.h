#ifndef WEBHOOKS_SERVER_RUNTIME_LOG_WRITER_H_
#define WEBHOOKS_SERVER_RUNTIME_LOG_WRITER_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace webhooks {

// Writes lines to a file descriptor on its own thread, many with one write, so
// that callers never block: if a pipe is not read, lines are dropped and
// counted. Thread-safe.
//
// The asynchronous logger of spdlog 1.10 (Debian 12) bounds its queue by
// messages instead of bytes, drops the oldest messages, and cannot wait for a
// flush with a time limit.
class LogWriter {
 public:
  // The longest wait of a line that is not urgent.
  static constexpr absl::Duration kDelay = absl::Milliseconds(200);

  // Returns the line that reports `count` dropped lines.
  using DroppedLine = std::function<std::string(std::size_t count)>;

  // Buffers at most `capacity` bytes.
  LogWriter(int file, std::size_t capacity, DroppedLine dropped_line);

  // The thread runs until the process ends.
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // Adds `line` and a line feed; written within kDelay, or at once if `urgent`.
  void Add(absl::string_view line, bool urgent);

  // Waits until everything added so far is written, at most `timeout`.
  void Flush(absl::Duration timeout);

 private:
  void Run();
  bool HasUrgent() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return urgent_;
  }
  bool IsWritten() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return waiting_.empty() && !writing_;
  }

  const int file_;
  const std::size_t capacity_;
  const DroppedLine dropped_line_;
  absl::Mutex mutex_;
  std::string waiting_ ABSL_GUARDED_BY(mutex_);
  std::size_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  bool urgent_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_LOG_WRITER_H_
