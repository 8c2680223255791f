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

// Makes a store usable on its first start: if it has no project, creates the
// project "default" with an API key, and writes the key to `key_file` with mode
// 0600, on one line. Uses the key in that file if there is one, so that an
// operator can choose it and an interrupted start can be repeated. If another
// server makes the first project at the same time, removes the file again.
// Blocks.
// Messages are for the operator and name the file.
//
// INVALID_ARGUMENT if the file has other content; PERMISSION_DENIED, NOT_FOUND,
// ... if it cannot be read or written, and nothing is stored; or an error of
// the store.
absl::Status MakeFirstProject(ProjectStore& store, const std::string& key_file,
                              Entropy& entropy, absl::Time now);

// Returns the result of Upkeep::FindLatestId. Blocks.
absl::StatusOr<absl::Time> FindLatestId(Upkeep& store);

// Returns FAILED_PRECONDITION if the database was lost: there is none at
// `database`, or an empty one, but its folder has the `secret_key_file` that
// its first start created. A start would then create a new project and keys,
// which the operator might not notice. A `secret_key_file` in another folder
// may have been provided for a new database. An interrupted first start is not
// an error: it has not written `key_file`.
absl::Status CheckDatabaseNotLost(const std::string& database,
                                  const std::string& secret_key_file,
                                  const std::string& key_file);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_KEYS_FIRST_PROJECT_H_
