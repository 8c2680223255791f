#include "tests/support/disk_faults.h"

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

namespace {

std::atomic<bool> disk_full{false};
std::atomic<bool> fsync_fails{false};
std::atomic<int> fsync_count{0};

int Sync(long number, int file) {
  ++fsync_count;
  if (fsync_fails) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(syscall(number, file));
}

}  // namespace

extern "C" {

int fsync(int file) { return Sync(SYS_fsync, file); }

int fdatasync(int file) { return Sync(SYS_fdatasync, file); }

ssize_t pwrite64(int file, const void* data, std::size_t size, off64_t offset) {
  if (disk_full) {
    errno = ENOSPC;
    return -1;
  }
  return syscall(SYS_pwrite64, file, data, size, offset);
}
}

namespace webhooks::testing {

void FillDisk() { disk_full = true; }

void FailFsync() { fsync_fails = true; }

void MendDisk() {
  disk_full = false;
  fsync_fails = false;
}

int FsyncCount() { return fsync_count; }

}  // namespace webhooks::testing
