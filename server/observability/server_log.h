#ifndef WEBHOOKS_SERVER_OBSERVABILITY_SERVER_LOG_H_
#define WEBHOOKS_SERVER_OBSERVABILITY_SERVER_LOG_H_

#include "storage/store_observer.h"

namespace webhooks::server {

// Writes the log line about a server of the database. Each has id_server, which
// lists of servers show. Thread-safe.
void LogServerChange(const ServerChange& change);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_OBSERVABILITY_SERVER_LOG_H_
