#ifndef WEBHOOKS_SERVER_CHECK_H_
#define WEBHOOKS_SERVER_CHECK_H_

#include <vector>

#include "absl/time/time.h"
#include "server/config.h"
#include "server/runtime/findings.h"

namespace webhooks::server {

// Returns the findings that a start with `config` would have: addresses,
// certificates, database and key files, one finding each, all of them whatever
// the others are. Changes nothing, and may be called while a server runs. Reads
// the whole database: blocks.
std::vector<Finding> CheckStart(const Config& config, absl::Time now);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CHECK_H_
