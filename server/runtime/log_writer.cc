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
    // A closed output: there is nobody to tell.
    if (written < 0 && errno != EINTR) return;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

LogWriter::LogWriter(int file, std::size_t capacity, TellDropped tell_dropped)
    : file_(file), capacity_(capacity), tell_dropped_(std::move(tell_dropped)) {
  std::thread([this] { Run(); }).detach();
}

void LogWriter::Add(absl::string_view line, bool urgent) {
  absl::MutexLock lock(&mutex_);
  if (waiting_.size() + line.size() >= capacity_) {
    ++dropped_;
    return;
  }
  if (dropped_ > 0) {
    absl::StrAppend(&waiting_, tell_dropped_(dropped_), "\n");
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
  // Else it is shown by the name of whatever thread logged first.
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
