#ifndef WEBHOOKS_SERVER_RUNTIME_OPEN_FILES_H_
#define WEBHOOKS_SERVER_RUNTIME_OPEN_FILES_H_

// The process's file descriptors.
namespace webhooks {

// Opens /dev/null as standard input, output and error where one of them is
// closed, so that no other file takes its number and gets what is written
// there. Call it in main before anything else opens a file.
void HoldStandardFiles();

// Raises the process's limit of open files as far as it may without privileges,
// and logs a warning where that is too few for `connections`.
void RaiseFileLimit(int connections);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_OPEN_FILES_H_
