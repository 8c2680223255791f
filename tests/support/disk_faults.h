#ifndef WEBHOOKS_TESTS_SUPPORT_DISK_FAULTS_H_
#define WEBHOOKS_TESTS_SUPPORT_DISK_FAULTS_H_

// Simulates a disk that fails. Replaces the functions of the C library that
// SQLite calls, in each program that links this file.
namespace webhooks::testing {

// Makes every write fail for lack of space (ENOSPC).
void FillDisk();
// Makes every write exceed the quota (EDQUOT).
void ExceedQuota();
// Makes every read fail (EIO).
void FailReads();
// Makes the creation of temporary files fail (EACCES).
void LockTemporaryFolder();
// Makes every fsync fail with `error`.
void FailFsync(int error);
// Ends all faults.
void MendDisk();
// Returns the number of fsyncs.
int FsyncCount();

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_DISK_FAULTS_H_
