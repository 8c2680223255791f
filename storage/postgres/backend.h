#ifndef WEBHOOKS_STORAGE_POSTGRES_BACKEND_H_
#define WEBHOOKS_STORAGE_POSTGRES_BACKEND_H_

#include "storage/backend.h"

namespace webhooks::postgres {

// The backend of the URLs of ParseTarget (storage/postgres/engine/target.h).
const Backend& GetBackend();

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_BACKEND_H_
