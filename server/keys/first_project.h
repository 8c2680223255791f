#ifndef WEBHOOKS_SERVER_KEYS_FIRST_PROJECT_H_
#define WEBHOOKS_SERVER_KEYS_FIRST_PROJECT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/runtime/entropy.h"
#include "storage/project_store.h"
#include "storage/upkeep.h"

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

// Returns the time of the latest id that the store has, as of
// Upkeep::FindLatestId. Blocks.
absl::StatusOr<absl::Time> FindLatestId(Upkeep& store);

// Refuses to begin anew where a database was lost: FAILED_PRECONDITION if there
// is none at `database`, or an empty one, but the key file that its first start
// made beside it; as the next start would make new projects and keys, and
// nobody would notice before the clients do. A `secret_key_file` elsewhere may
// have been provided for a new database. A start that was cut off is repeated:
// `key_file` tells it from a database that was emptied.
absl::Status CheckDatabaseNotLost(const std::string& database,
                                  const std::string& secret_key_file,
                                  const std::string& key_file);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_KEYS_FIRST_PROJECT_H_
