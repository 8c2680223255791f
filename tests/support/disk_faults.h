#ifndef WEBHOOKS_TESTS_SUPPORT_DISK_FAULTS_H_
#define WEBHOOKS_TESTS_SUPPORT_DISK_FAULTS_H_

// A disk that fails on demand: the system calls that SQLite writes with, which
// stand in for those of the C library in a program that links this.
namespace webhooks::testing {

// From now on no write finds room (ENOSPC).
void FillDisk();
// From now on no write is within the quota (EDQUOT).
void ExceedQuota();
// From now on nothing can be read (EIO).
void FailReads();
// From now on SQLite can make no temporary file (EACCES).
void LockTemporaryFolder();
// From now on no fsync succeeds (EIO).
void FailFsync();
// From now on all works again.
void MendDisk();
// Returns the number of fsyncs that were asked for.
int FsyncCount();

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_DISK_FAULTS_H_
