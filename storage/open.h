#ifndef WEBHOOKS_STORAGE_OPEN_H_
#define WEBHOOKS_STORAGE_OPEN_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/backup.h"
#include "storage/inspection.h"
#include "storage/sealing/secret_key.h"
#include "storage/steady_clock.h"
#include "storage/store.h"
#include "storage/store_observer.h"
#include "storage/transfer.h"

// Functions for the database at a URL. The scheme of the URL selects the
// backend:
//
// `sqlite:PATH` or `sqlite:PATH?max_bytes=N`: a SQLite file. Changes that would
// make it larger than N bytes fail with RESOURCE_EXHAUSTED.
//
// `postgres://...`: a database of PostgreSQL, with the options of libpq.
//
// All functions may block. Their messages are for the operator and name the
// file.
namespace webhooks {

// Opens the store at `url`. Creates the database (mode 0600, its folder 0700)
// and migrates it if needed. Returns when the store can serve.
//
// Calls `keys` once, after the database is locked for this process and before
// anything in it is changed; an empty database of PostgreSQL has its tables
// already. Of several processes that open an empty database at once, one calls
// `keys` to make a key, and the others need that. `observer` must outlive the store. Leases are
// timed by `steady_clock`. `self` describes this process for
// ServerStore::ListServers: name, version, delivers and started_at. A process
// that does not deliver must lease nothing: others get its part.
//
// INVALID_ARGUMENT: the URL is invalid. FAILED_PRECONDITION: the file is not a
// database of this service, has a newer version, has secrets under a key that
// `keys` does not return, is in use by another process, is not a regular file,
// or has several hard links. Errors of `keys` are passed on.
// PERMISSION_DENIED, UNAVAILABLE, DATA_LOSS: the file cannot be opened, cannot
// be read, or is damaged.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(
    absl::string_view url, const SecretKeySource& keys,
    StoreObserver& observer = StoreObserver::None(),
    SteadyClock steady_clock = &SteadyNow, v1::Server self = UnnamedServer());

enum class StorePresence {
  kAbsent,  // the file does not exist, or the URL is invalid
  kEmpty,   // the file has no bytes
  kPresent,
};

// Returns the state of the file at `url`. Creates nothing.
StorePresence FindStore(absl::string_view url);

// Returns the URL for messages: without a password.
std::string StoreName(absl::string_view url);

// Returns the folder of the store's files, for files to keep beside them; "" if
// the URL is invalid.
std::string StoreFolder(absl::string_view url);

// Copies the database at `url` to the new file `path`. The copy is complete,
// shows one moment after the call began, is checked, synced to the disk, and
// readable by its owner alone. A server may use the database meanwhile; the
// write-ahead log grows by its changes until the copy is made. An error leaves
// no file.
//
// INVALID_ARGUMENT: the URL is invalid. NOT_FOUND: the database, or the folder
// of `path`, does not exist. ALREADY_EXISTS: the file `path` exists, or one
// that SQLite would take for a part of it. FAILED_PRECONDITION: the file is not
// a database of this service, is empty, has a newer version, is not a regular
// file, or has several hard links. DATA_LOSS: the copy is damaged, so the
// database is damaged too. RESOURCE_EXHAUSTED: the disk has no room for the
// copy. CANCELLED: `pause` returned false. PERMISSION_DENIED, UNAVAILABLE, ...:
// a file cannot be read or written.
absl::StatusOr<Backup> BackUpStore(absl::string_view url,
                                   const std::string& path,
                                   const BackupPause& pause);

// Makes the database at `url`, which must not exist, from the file `path` of
// BackUpStore. The database is checked, synced, and readable by its owner
// alone. If this process runs as root, the owner of the folder owns the
// database. An error leaves no file.
//
// INVALID_ARGUMENT: the URL is invalid. ALREADY_EXISTS: the database exists, or
// a file that SQLite would take for a part of it, such as the write-ahead log
// of another one. The other errors are those of BackUpStore, about `path`.
absl::StatusOr<Backup> RestoreStore(const std::string& path,
                                    absl::string_view url,
                                    const BackupPause& pause);

// Checks if OpenStore could open the database at `url`, and reads all of it if
// it is a file. Changes nothing. A server may use the database meanwhile. Waits
// for the beats of the servers of a database that several can use.
//
// INVALID_ARGUMENT: the URL is invalid, or the database is larger than its
// max_bytes. FAILED_PRECONDITION: the file is not a database of this service,
// has a newer version, is not a regular file, or has several hard links.
// DATA_LOSS: the database is damaged. PERMISSION_DENIED, UNAVAILABLE, ...: the
// file or its folder cannot be read or written.
absl::StatusOr<Inspection> InspectStore(absl::string_view url);

// Writes everything of the database at `url`, or of one of its projects, to
// `sink`, as a stream that ImportStore reads into a database of any backend.
// `project` is an id or a name; "" for the whole database. The stream shows one
// moment after the call began, and ends with the number of its records and a
// checksum. Secrets stay sealed. Servers may use the database meanwhile;
// the write-ahead log of SQLite grows until the end. `now` is the time that the
// stream names. Uses some megabytes of memory. After an error, what the sink
// got is of no use, and ImportStore refuses it.
//
// INVALID_ARGUMENT: the URL is invalid, or several projects have the name.
// NOT_FOUND: there is no such database or project. FAILED_PRECONDITION: see
// BackUpStore; the database has an older version; or it is not one of this
// service. PERMISSION_DENIED, UNAVAILABLE, DATA_LOSS: the database cannot be
// read. Errors of `sink` are passed on.
absl::StatusOr<Transfer> ExportStore(absl::string_view url,
                                     absl::string_view project, absl::Time now,
                                     const ByteSink& sink);

// Reads a stream of ExportStore into the database at `url`: a whole database
// into an empty one, and a project beside others. Creates the database if
// needed. Seals again, under the first key, secrets that are sealed under
// another one. One transaction, which is committed after the number of records
// and the checksum are verified, makes all changes. An error changes nothing,
// except that a database of PostgreSQL may have empty tables then. Events that
// are published later come after those of the stream. Servers that use a
// database of PostgreSQL learn of a project and its deliveries.
//
// INVALID_ARGUMENT: the URL is invalid, or this is no such stream. DATA_LOSS:
// the stream is damaged or incomplete. ALREADY_EXISTS: the database has the
// project, or another record with the same key. FAILED_PRECONDITION: the stream
// has another version; it has secrets under a key that `keys` does not return;
// the database is not empty, has another version, has secrets under such a key,
// does not use the first key, or is a file that another process uses.
// RESOURCE_EXHAUSTED: the disk or max_bytes is too small. PERMISSION_DENIED,
// UNAVAILABLE, ...: the database cannot be written. Errors of `source` and
// `keys` are passed on.
absl::StatusOr<Transfer> ImportStore(absl::string_view url,
                                     const ByteSource& source,
                                     const SecretKeySource& keys);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_OPEN_H_
