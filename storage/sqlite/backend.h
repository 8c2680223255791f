#ifndef WEBHOOKS_STORAGE_SQLITE_BACKEND_H_
#define WEBHOOKS_STORAGE_SQLITE_BACKEND_H_

#include "storage/backend.h"

namespace webhooks::sqlite {

// The backend of the URLs `sqlite:PATH` and `sqlite:PATH?max_bytes=N`.
const Backend& GetBackend();

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_BACKEND_H_
