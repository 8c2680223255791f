#ifndef WEBHOOKS_SERVER_RUNTIME_FILE_WATCH_H_
#define WEBHOOKS_SERVER_RUNTIME_FILE_WATCH_H_

#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace webhooks {

// Reads files every `interval` on its own thread, so it does not matter how
// they are replaced. Passes on a change once the files have stayed the same for
// `interval`, so that files that belong together are read together.
template <typename Content>
class FileWatch {
 public:
  static constexpr absl::Duration kInterval = absl::Milliseconds(500);

  // Returns the content of the files.
  using Read = std::function<absl::StatusOr<Content>()>;
  // Handles a content that differs from the last one, or an error of reading
  // it. Returns false to be called again after the interval.
  using Adopt = std::function<bool(const absl::StatusOr<Content>&)>;

  // `first` is the content in use; nullopt if it is not known, so that the
  // content found first is passed on.
  FileWatch(absl::Duration interval, std::optional<Content> first, Read read,
            Adopt adopt)
      : interval_(interval),
        read_(std::move(read)),
        adopt_(std::move(adopt)),
        found_(absl::UnknownError("not read")),
        decided_(std::move(first)),
        thread_([this] { Run(); }) {}

  // Waits for a call in progress of one of the functions.
  ~FileWatch() {
    {
      absl::MutexLock lock(&mutex_);
      is_stopping_ = true;
    }
    thread_.join();
  }

 private:
  void Run() {
    for (;;) {
      {
        absl::MutexLock lock(&mutex_);
        if (mutex_.AwaitWithTimeout(absl::Condition(&is_stopping_),
                                    interval_)) {
          return;
        }
      }
      Check();
    }
  }

  void Check() {
    absl::StatusOr<Content> found = read_();
    const bool is_settled = found == found_;
    found_ = std::move(found);
    if (!is_settled || decided_ == found_) return;
    decided_.reset();
    if (adopt_(found_)) decided_ = found_;
  }

  const absl::Duration interval_;
  const Read read_;
  const Adopt adopt_;
  absl::Mutex mutex_;
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  // Used only by thread_: the files as last read, and those that adopt_ has
  // decided on; nullopt if none.
  absl::StatusOr<Content> found_;
  std::optional<absl::StatusOr<Content>> decided_;
  std::thread thread_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_FILE_WATCH_H_
