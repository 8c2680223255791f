#ifndef WEBHOOKS_STORAGE_INSPECTION_H_
#define WEBHOOKS_STORAGE_INSPECTION_H_

#include <vector>

#include "storage/sealing/secret_key.h"

namespace webhooks {

// The result of InspectStore (storage/open.h): the state that a server would
// start on.
struct Inspection {
  enum class State {
    kNew,         // there is no database yet, or an empty file
    kWhole,       // it was read from end to end
    kUnfinished,  // not read: its log needs recovery, which only a start does
  };

  State state = State::kNew;
  // Of kWhole: the version that the database has, and the one that a start
  // migrates it to.
  int schema_version = 0;
  int newest_version = 0;
  // Of kWhole: true if the database has, or had, a project.
  bool had_project = false;
  // The keys that its secrets are sealed under.
  std::vector<SecretKey::Id> secret_keys;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_INSPECTION_H_
