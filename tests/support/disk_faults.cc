#include "tests/support/disk_faults.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstring>

namespace {

// The error of every write; 0: none.
std::atomic<int> write_error{0};
std::atomic<bool> reads_fail{false};
std::atomic<bool> temporary_locked{false};
// 0 if fsyncs succeed.
std::atomic<int> fsync_error{0};
std::atomic<int> fsync_count{0};

int Sync(long number, int file) {
  ++fsync_count;
  if (fsync_error != 0) {
    errno = fsync_error;
    return -1;
  }
  return static_cast<int>(syscall(number, file));
}

}  // namespace

extern "C" {

int open64(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
  }
  // The prefix of SQLite's temporary files.
  if (temporary_locked && std::strstr(path, "etilqs_") != nullptr) {
    errno = EACCES;
    return -1;
  }
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

int fsync(int file) { return Sync(SYS_fsync, file); }

int fdatasync(int file) { return Sync(SYS_fdatasync, file); }

ssize_t pwrite64(int file, const void* data, std::size_t size, off64_t offset) {
  if (write_error != 0) {
    errno = write_error;
    return -1;
  }
  return syscall(SYS_pwrite64, file, data, size, offset);
}

ssize_t pread64(int file, void* data, std::size_t size, off64_t offset) {
  if (reads_fail) {
    errno = EIO;
    return -1;
  }
  return syscall(SYS_pread64, file, data, size, offset);
}
}

namespace webhooks::testing {

void FillDisk() { write_error = ENOSPC; }

void ExceedQuota() { write_error = EDQUOT; }

void FailReads() { reads_fail = true; }

void LockTemporaryFolder() { temporary_locked = true; }

void FailFsync(int error) { fsync_error = error; }

void MendDisk() {
  write_error = 0;
  reads_fail = false;
  temporary_locked = false;
  fsync_error = 0;
}

int FsyncCount() { return fsync_count; }

}  // namespace webhooks::testing
