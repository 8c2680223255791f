#include "server/keys/private_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "server/runtime/log.h"
#include "server/runtime/small_file.h"

namespace webhooks::server {
namespace {

absl::Status Failure(absl::string_view what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", what, " ", path));
}

// Creates a new file: an existing one could have another mode, or be a link.
absl::Status WriteAndSync(const std::string& path, absl::string_view content) {
  unlink(path.c_str());
  const int file = open(
      path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return Failure("make", path);
  const auto closing = absl::MakeCleanup([file] { close(file); });
  errno = EIO;  // for a short write, which sets none
  if (write(file, content.data(), content.size()) !=
          static_cast<ssize_t>(content.size()) ||
      fsync(file) != 0) {
    return Failure("write", path);
  }
  return absl::OkStatus();
}

std::string FolderOf(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

int OpenFolder(const std::string& name) {
  return open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// A file name survives a crash of the machine once its folder is synced.
absl::Status SyncFolder(const std::string& name) {
  const int file = OpenFolder(name);
  if (file < 0) return Failure("open", name);
  const auto closing = absl::MakeCleanup([file] { close(file); });
  if (fsync(file) != 0) return Failure("sync", name);
  return absl::OkStatus();
}

bool IsOwnGroup(gid_t group) {
  if (group == getegid()) return true;
  std::vector<gid_t> groups(
      static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0)));
  const int count = getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<std::size_t>(std::max(count, 0)));
  return absl::c_linear_search(groups, group);
}

void WarnIfOpenToOthers(const std::string& path) {
  struct stat facts;
  if (stat(path.c_str(), &facts) == 0 && IsOpenToOthers(facts)) {
    Log(LogLevel::kWarning, "others may read a file of keys", {{"file", path}});
  }
}

}  // namespace

bool IsOpenToOthers(const struct stat& facts) {
  const bool needs_group =
      facts.st_uid != geteuid() && IsOwnGroup(facts.st_gid);
  const unsigned allowed = needs_group ? S_IRWXU | S_IRGRP : S_IRWXU;
  return (facts.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO) & ~allowed) != 0;
}

absl::StatusOr<std::optional<std::string>> ReadPrivateFile(
    const std::string& path) {
  auto content = ReadSmallFile(path);
  if (absl::IsNotFound(content.status())) return std::optional<std::string>();
  if (!content.ok()) return content.status();
  WarnIfOpenToOthers(path);
  if (content->empty()) return std::optional<std::string>();
  return *std::move(content);
}

FolderLock::FolderLock(const std::string& path)
    : folder_(OpenFolder(FolderOf(path))) {
  if (folder_ < 0) return;
  while (flock(folder_, LOCK_EX) != 0 && errno == EINTR) {
  }
}

FolderLock::~FolderLock() {
  if (folder_ >= 0) close(folder_);
}

// Renames a complete file, so that an interrupted start leaves only a temporary
// file.
absl::Status WritePrivateFile(const std::string& path,
                              absl::string_view content) {
  const std::string unfinished = absl::StrCat(path, ".new");
  absl::Status written = WriteAndSync(unfinished, content);
  if (written.ok() && std::rename(unfinished.c_str(), path.c_str()) != 0) {
    written = Failure("make", path);
  }
  if (!written.ok()) {
    unlink(unfinished.c_str());
    return written;
  }
  return SyncFolder(FolderOf(path));
}

}  // namespace webhooks::server
