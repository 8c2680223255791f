#include "server/runtime/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace webhooks {
namespace {

constexpr off_t kMaxBytes = 1 << 20;

absl::Status Failure(const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
}

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  // Does not wait for the other end of a pipe.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return Failure(path);
  const auto closing = absl::MakeCleanup([file] { close(file); });
  struct stat found;
  if (fstat(file, &found) != 0) return Failure(path);
  if (!S_ISREG(found.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is no file"));
  }
  if (found.st_size > kMaxBytes) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is too large"));
  }
  std::string content(static_cast<std::size_t>(found.st_size), '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t count =
        read(file, content.data() + size, content.size() - size);
    if (count < 0) return Failure(path);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  content.resize(size);
  return content;
}

}  // namespace webhooks
