#include "storage/unfinished_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace webhooks {
namespace {

absl::Status Failure(absl::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", action, " ", path));
}

// Syncs the folder, so that the name of the file survives a power cut.
absl::Status SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const std::string name = folder.empty() ? "." : folder;
  const int descriptor = open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failure("open", name);
  const bool is_synced = fsync(descriptor) == 0;
  absl::Status status = is_synced ? absl::OkStatus() : Failure("sync", name);
  close(descriptor);
  return status;
}

// Renames a file, unless `to` exists. Not every file system can check that; the
// caller has checked it before.
bool RenameIfFree(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(),
                RENAME_NOREPLACE) == 0) {
    return true;
  }
  if (errno != EINVAL && errno != ENOSYS) return false;
  return rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

absl::StatusOr<UnfinishedFile> UnfinishedFile::Create(
    const std::string& final_path) {
  std::string path = absl::StrCat(final_path, ".XXXXXX");
  const int descriptor = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) return Failure("create", final_path);
  return UnfinishedFile(final_path, std::move(path), descriptor);
}

UnfinishedFile::UnfinishedFile(UnfinishedFile&& other) noexcept
    : final_path_(other.final_path_),
      path_(std::exchange(other.path_, "")),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

UnfinishedFile::~UnfinishedFile() {
  if (!path_.empty()) unlink(path_.c_str());
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status UnfinishedFile::Append(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return Failure("write", final_path_);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::int64_t> UnfinishedFile::Size() const {
  struct stat found;
  if (fstat(descriptor_, &found) != 0)
    return Failure("read the size of", final_path_);
  return std::int64_t{found.st_size};
}

absl::Status UnfinishedFile::Sync() {
  if (fsync(descriptor_) == 0) return absl::OkStatus();
  return Failure("write", final_path_);
}

absl::Status UnfinishedFile::Finish() {
  absl::Status synced = Sync();
  if (!synced.ok()) return synced;
  if (!RenameIfFree(path_, final_path_)) return Failure("create", final_path_);
  path_.clear();
  return SyncFolderOf(final_path_);
}

}  // namespace webhooks
