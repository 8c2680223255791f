#include "storage/sqlite/engine/database_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace webhooks::sqlite {
namespace {

absl::Status Refusal(const std::string& path, absl::string_view reason) {
  return absl::FailedPreconditionError(
      absl::StrCat("database ", path, ": ", reason));
}

absl::Status CannotOpen(const std::string& path) {
  return absl::ErrnoToStatus(errno,
                             absl::StrCat("cannot open database ", path));
}

}  // namespace

absl::StatusOr<std::string> ResolvedPath(const std::string& path) {
  std::error_code error;
  const auto resolved = std::filesystem::canonical(path, error);
  if (!error) return resolved.string();
  return absl::ErrnoToStatus(error.value(),
                             absl::StrCat("cannot open database ", path));
}

absl::Status CheckDatabaseFile(const std::string& path) {
  struct stat found;
  if (stat(path.c_str(), &found) != 0) {
    return errno == ENOENT ? absl::OkStatus() : CannotOpen(path);
  }
  if (!S_ISREG(found.st_mode)) return Refusal(path, "not a regular file");
  if (found.st_nlink > 1) return Refusal(path, "the file has several names");
  return absl::OkStatus();
}

absl::Status CreateDatabaseFile(const std::string& path) {
  struct stat found;
  if (stat(path.c_str(), &found) == 0) return absl::OkStatus();
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return CannotOpen(path);
  close(descriptor);
  return absl::OkStatus();
}

absl::StatusOr<OpenFile> OpenFile::At(std::string path) {
  const std::optional<Identity> identity = Identify(path);
  if (!identity) return CannotOpen(path);
  return OpenFile(std::move(path), *identity);
}

bool OpenFile::IsInPlace() const { return Identify(path_) == identity_; }

std::optional<OpenFile::Identity> OpenFile::Identify(const std::string& path) {
  struct statx found;
  if (statx(AT_FDCWD, path.c_str(), 0, STATX_INO, &found) != 0) {
    return std::nullopt;
  }
  return Identity(found.stx_dev_major, found.stx_dev_minor, found.stx_ino);
}

bool NeedsRecovery(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path + "-shm", error)) return false;
  const auto log_bytes = std::filesystem::file_size(path + "-wal", error);
  return !error && log_bytes > 0;
}

}  // namespace webhooks::sqlite
