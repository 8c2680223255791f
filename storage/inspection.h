#ifndef WEBHOOKS_STORAGE_INSPECTION_H_
#define WEBHOOKS_STORAGE_INSPECTION_H_

#include <vector>

#include "storage/sealing/secret_key.h"

namespace webhooks {

// The result of InspectStore (storage/open.h): the state of the database before
// a start.
struct Inspection {
  enum class State {
    kNew,         // there is no file, or an empty one
    kIntact,      // all of it was read and checked
    kUnfinished,  // not read: only a start can recover its log
  };

  State state = State::kNew;
  // If kIntact: the version of the database, and the one that a start migrates
  // it to.
  int schema_version = 0;
  int newest_version = 0;
  // If kIntact: true if the database has, or had, a project.
  bool had_project = false;
  // The keys under which its secrets are sealed.
  std::vector<SecretKey::Id> secret_keys;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_INSPECTION_H_
