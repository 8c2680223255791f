#ifndef WEBHOOKS_STORAGE_OPEN_H_
#define WEBHOOKS_STORAGE_OPEN_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/backup.h"
#include "storage/inspection.h"
#include "storage/sealing/secret_key.h"
#include "storage/steady_clock.h"
#include "storage/store.h"
#include "storage/store_observer.h"

// Everything that begins with the URL of a database. The scheme of the URL
// selects the backend:
//
// `sqlite:PATH` or `sqlite:PATH?max_bytes=N`: a SQLite file. Changes that would
// grow it past N bytes fail with RESOURCE_EXHAUSTED.
//
// All functions may block. Their messages are for the operator and name the
// file.
namespace webhooks {

// Opens the store at `url`. Creates the database (mode 0600, its folder 0700)
// and migrates it if needed. Returns when the store can serve.
//
// Calls `keys` once, after the database is locked for this process and before
// anything in it is changed. `observer` must outlive the store. Leases are
// timed by `steady_clock`.
//
// INVALID_ARGUMENT: the URL. FAILED_PRECONDITION: not a database of this
// service, one of a newer version or with secrets under a key that `keys` does
// not give, in use by another process, no regular file, or a file with several
// hard links. Errors of `keys` are passed on.
// PERMISSION_DENIED, UNAVAILABLE, DATA_LOSS: the file cannot be opened, cannot
// be read, or is damaged.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(
    absl::string_view url, const SecretKeySource& keys,
    StoreObserver& observer = StoreObserver::None(),
    SteadyClock steady_clock = &SteadyNow);

enum class StorePresence {
  kAbsent,  // there is no file, or the URL names none
  kEmpty,   // the file has no bytes
  kThere,
};

// Returns what OpenStore would find at `url`. Creates nothing.
StorePresence FindStore(absl::string_view url);

// Returns the folder of the store's files, for files to be kept beside them;
// "" if the URL names none.
std::string StoreFolder(absl::string_view url);

// Copies the database at `url` to the new file `path`: as it was at one moment
// after the call began, whole, readable by its owner alone, checked, and
// synced to the disk. A server may go on using the database: its calls are
// answered as usual, but the write-ahead log grows by what they change for as
// long as the copy takes. Leaves nothing unfinished, whatever the outcome.
//
// INVALID_ARGUMENT: the URL. NOT_FOUND: there is no such database, or no folder
// for `path`. ALREADY_EXISTS: the file `path` exists, or one that SQLite would
// take for a part of it. FAILED_PRECONDITION: not a database of this service,
// one that is empty or of a newer version, no regular file, or one with several
// hard links. DATA_LOSS: the copy is damaged, and so the database is.
// RESOURCE_EXHAUSTED: there is no room for the copy. CANCELLED: `pause` gave
// up. PERMISSION_DENIED, UNAVAILABLE, ...: something cannot be read or written.
absl::StatusOr<Backup> BackUpStore(absl::string_view url,
                                   const std::string& path,
                                   const BackupPause& pause);

// Finds out if OpenStore could open the database at `url`, and reads all of it.
// Changes no file and no folder. A server may use the database meanwhile.
//
// INVALID_ARGUMENT: the URL, or its max_bytes is less than the database has.
// FAILED_PRECONDITION: not a database of this service, one of a newer version,
// no regular file, or one with several hard links. DATA_LOSS: it is damaged.
// PERMISSION_DENIED, UNAVAILABLE, ...: it, or its folder, cannot be read or
// written.
absl::StatusOr<Inspection> InspectStore(absl::string_view url);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_OPEN_H_
