#ifndef WEBHOOKS_STORAGE_OPEN_H_
#define WEBHOOKS_STORAGE_OPEN_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sealing/secret_key.h"
#include "storage/steady_clock.h"
#include "storage/store.h"
#include "storage/store_observer.h"

namespace webhooks {

// Told of every fault of the database, for the log: what failed ("commit"), and
// the driver's own words. Called on threads of the store.
using FaultObserver =
    std::function<void(absl::string_view what, absl::string_view why)>;

// Opens the store that `url` names, making and migrating it where needed.
// Blocks until it can serve. Messages are for the operator and name the file.
//
// `sqlite:PATH` or `sqlite:PATH?max_bytes=N`: a SQLite file, made with mode
// 0600 if it is not there (its folder too, with 0700). Changes that would grow
// it past N bytes are RESOURCE_EXHAUSTED.
//
// `keys` is asked once, when the database is this process's own and before
// anything in it is changed. `observer` must outlive the store. Leases end by
// `steady_clock`.
//
// INVALID_ARGUMENT: the URL. FAILED_PRECONDITION: not a database of this
// service, one of a newer version or with secrets under a key that `keys` does
// not give, in use by another process, no regular file, or a file with several
// hard links. Errors of `keys` are passed on.
// PERMISSION_DENIED, UNAVAILABLE, DATA_LOSS: the file cannot be opened, read,
// or is damaged.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(
    absl::string_view url, const SecretKeySource& keys,
    const FaultObserver& faults,
    StoreObserver& observer = StoreObserver::Nobody(),
    SteadyClock steady_clock = &SteadyNow);

// Tells what there is to open at `url`, and creates nothing.
enum class StorePresence {
  kAbsent,  // nothing, not even a file; also where the URL names none
  kEmpty,   // a file that nothing was ever written to, or that was emptied
  kThere,
};
StorePresence FindStore(absl::string_view url);

// The folder that a store's files lie in, for files to be kept beside them; ""
// where the URL names none.
std::string StoreFolder(absl::string_view url);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_OPEN_H_
