#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_TARGET_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_TARGET_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace webhooks::postgres {

// A database to connect to.
struct Target {
  // The URL for messages, without passwords and the options of this service:
  // other programs of PostgreSQL take it.
  std::string name;
  // Keywords and values of libpq
  // (https://www.postgresql.org/docs/15/libpq-connect.html).
  std::vector<std::pair<std::string, std::string>> parameters;
  // See Membership.
  absl::Duration beat = absl::Seconds(3);
  // False for a pooler that gives each transaction another session.
  bool prepares = true;
  // True if a start is refused while no synchronous standby is set.
  bool requires_sync = false;
};

// Parses a URL `postgres://...` or `postgresql://...` of libpq, with the
// options require_sync, prepare and beat beside libpq's own, and
// completes it: only a primary is used; unless the URL says otherwise,
// connections off loopback verify the server's certificate and name.
// INVALID_ARGUMENT: the URL is invalid; the message holds no password, and
// names an unknown option.
absl::StatusOr<Target> ParseTarget(absl::string_view url);

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_TARGET_H_
