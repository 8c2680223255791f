#ifndef WEBHOOKS_STORAGE_INSPECTION_H_
#define WEBHOOKS_STORAGE_INSPECTION_H_

#include <optional>
#include <string>
#include <vector>

#include "storage/sealing/secret_key.h"

namespace webhooks {

// The state of the database server, where the database is not a file. A start
// fails if `missing_grant` is not empty, or if a required standby is not set.
struct InspectedServer {
  // The program with its version, such as "PostgreSQL 15.4".
  std::string program;
  // The statement that lets the role migrate the database; "" if it may, or
  // need not.
  std::string missing_grant;
  // The number of standbys that commits wait for.
  int awaited_standbys = 0;
  // True if the URL says that commits must wait for one.
  bool requires_synchronous_standby = false;
  // The number of connected standbys that commits can wait for; unset if the
  // role may not see them.
  std::optional<int> connected_standbys;
  // The servers of this service in the database: those that were seen to
  // beat, and the others, which have ended without a stop.
  int living_servers = 0;
  int silent_servers = 0;
};

// The result of InspectStore (storage/open.h): the state of the database before
// a start.
struct Inspection {
  enum class State {
    kNew,         // there is no file, or an empty one
    kIntact,      // all of it was read and checked
    kUnfinished,  // not read: only a start can recover its log
  };

  State state = State::kNew;
  // If kIntact: the version of the database.
  int schema_version = 0;
  // The version to which a start brings the database; 0 if that is not known.
  int newest_version = 0;
  // If kIntact: true if the database has, or had, a project.
  bool had_project = false;
  // The keys under which its secrets are sealed.
  std::vector<SecretKey::Id> secret_keys;
  // Unset for a file.
  std::optional<InspectedServer> database_server;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_INSPECTION_H_
