#ifndef WEBHOOKS_TESTS_SUPPORT_DISK_FAULTS_H_
#define WEBHOOKS_TESTS_SUPPORT_DISK_FAULTS_H_

// A disk that fails on demand: replaces the system calls of the C library that
// SQLite uses, in a program that links this.
namespace webhooks::testing {

// Makes every write fail for lack of space (ENOSPC).
void FillDisk();
// Makes every write exceed the quota (EDQUOT).
void ExceedQuota();
// Makes every read fail (EIO).
void FailReads();
// Makes the creation of temporary files fail (EACCES).
void LockTemporaryFolder();
// Makes every fsync fail (EIO).
void FailFsync();
// Ends all faults.
void MendDisk();
// Returns the number of fsyncs.
int FsyncCount();

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_DISK_FAULTS_H_
