#ifndef WEBHOOKS_STORAGE_INSPECTION_H_
#define WEBHOOKS_STORAGE_INSPECTION_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sealing/secret_key.h"

namespace webhooks {

// The state that a server would start on.
struct Inspection {
  enum class State {
    kNew,         // there is no database yet, or an empty file
    kWhole,       // it was read from end to end
    kUnfinished,  // not looked into: only a start can recover its log first
  };

  State state = State::kNew;
  // Of kWhole: what it has, and what a start brings it to.
  int schema_version = 0;
  int newest_version = 0;
  // Of kWhole: whether there was a project at any time.
  bool had_project = false;
  // The keys that something in it is sealed under.
  std::vector<SecretKey::Id> secret_keys;
};

// Looks whether OpenStore could open the database that `url` names, and reads
// all of it, also while a server uses it. Changes nothing, in any file or
// folder. Blocks. Messages are for the operator and name the file.
//
// INVALID_ARGUMENT: the URL, or its max_bytes is less than the database has.
// FAILED_PRECONDITION: not a database of this service, one of a newer version,
// no regular file, or one with several hard links. DATA_LOSS: it is damaged.
// PERMISSION_DENIED, UNAVAILABLE, ...: it, or its folder, cannot be read or
// written.
absl::StatusOr<Inspection> InspectStore(absl::string_view url);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_INSPECTION_H_
