#ifndef WEBHOOKS_SERVER_BOOTSTRAP_H_
#define WEBHOOKS_SERVER_BOOTSTRAP_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/call/entropy.h"
#include "storage/project_store.h"

namespace webhooks::server {

// Makes a store usable on its first start: if it has no project, makes one,
// called "default", and its key, and leaves the key in `key_file` with mode
// 0600, in one line. A key that is already in that file is taken instead of a
// new one; so an operator can choose it, and a start that was cut off is
// repeated. Blocks. Messages are for the operator and name the file.
//
// INVALID_ARGUMENT: the file holds something else. PERMISSION_DENIED,
// NOT_FOUND, ...: the file cannot be read or written; nothing was stored.
// Others as of the store.
absl::Status MakeFirstProject(ProjectStore& store, const std::string& key_file,
                              Entropy& entropy, absl::Time now);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_BOOTSTRAP_H_
