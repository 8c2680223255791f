#include "server/runtime/log_writer.h"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace webhooks {
namespace {

void WriteAll(int file, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    // The output is closed, so the error cannot be reported.
    if (written < 0 && errno != EINTR) return;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

LogWriter::LogWriter(int file, std::size_t capacity, DroppedLine dropped_line)
    : file_(file), capacity_(capacity), dropped_line_(std::move(dropped_line)) {
  std::thread([this] { Run(); }).detach();
}

void LogWriter::Add(absl::string_view line, bool urgent) {
  absl::MutexLock lock(&mutex_);
  if (waiting_.size() + line.size() >= capacity_) {
    ++dropped_;
    return;
  }
  if (dropped_ > 0) {
    absl::StrAppend(&waiting_, dropped_line_(dropped_), "\n");
    dropped_ = 0;
  }
  absl::StrAppend(&waiting_, line, "\n");
  urgent_ = urgent_ || urgent;
}

void LogWriter::Flush(absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  urgent_ = true;
  mutex_.AwaitWithTimeout(absl::Condition(this, &LogWriter::IsWritten),
                          timeout);
}

void LogWriter::Run() {
  // Otherwise it would have the name of the first thread that logs.
  pthread_setname_np(pthread_self(), "log_writer");
  std::string text;
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      writing_ = false;
      mutex_.AwaitWithTimeout(absl::Condition(this, &LogWriter::HasUrgent),
                              kDelay);
      text.clear();
      text.swap(waiting_);
      urgent_ = false;
      writing_ = true;
    }
    WriteAll(file_, text);
  }
}

}  // namespace webhooks
