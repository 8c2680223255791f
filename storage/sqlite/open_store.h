#ifndef WEBHOOKS_STORAGE_SQLITE_OPEN_STORE_H_
#define WEBHOOKS_STORAGE_SQLITE_OPEN_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "storage/sealing/secret_key.h"
#include "storage/steady_clock.h"
#include "storage/store.h"
#include "storage/store_observer.h"

namespace webhooks::sqlite {

// Opens or creates the store in the file `path`, which may grow to `max_bytes`;
// see OpenStore (storage/open.h).
absl::StatusOr<std::unique_ptr<Store>> OpenStoreFile(
    const std::string& path, std::optional<std::int64_t> max_bytes,
    const SecretKeySource& keys, StoreObserver& observer,
    SteadyClock steady_clock, v1::Server self);

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPEN_STORE_H_
