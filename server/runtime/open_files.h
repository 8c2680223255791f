#ifndef WEBHOOKS_SERVER_RUNTIME_OPEN_FILES_H_
#define WEBHOOKS_SERVER_RUNTIME_OPEN_FILES_H_

// The process's file descriptors.
namespace webhooks {

// Opens /dev/null for each of standard input, output and error that is closed,
// so that no other file gets its number and its output. Call it in main before
// any file is opened.
void HoldStandardFiles();

// Raises the process's limit of open files to its hard limit, and logs a
// warning if that is too low for `connections`.
void RaiseFileLimit(int connections);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_OPEN_FILES_H_
