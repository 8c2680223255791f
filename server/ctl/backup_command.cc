#include <algorithm>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/ctl/command.h"
#include "server/ctl/local_command.h"
#include "server/ctl/output.h"
#include "storage/open.h"

// The commands backup and restore, which run on the machine of the database and
// do not call a server.
namespace webhooks::ctl {
namespace {

// Leaves the disk to the server for four times the time that the backup has
// `worked`, at most a second. Returns false once a signal has come.
bool Pause(absl::Duration worked) {
  if (!IsInterrupted()) absl::SleepFor(std::min(4 * worked, absl::Seconds(1)));
  return !IsInterrupted();
}

std::string ResultText(const Session& session, bool is_restored,
                       const Backup& made, absl::Duration took) {
  const std::string& database = session.options.database;
  const std::string& file = session.arguments[0];
  if (!session.options.json) {
    return absl::StrCat("copied ", Printable(is_restored ? file : database),
                        " to ", Printable(is_restored ? database : file), ": ",
                        made.bytes, " bytes in ", absl::FormatDuration(took));
  }
  return absl::StrCat("{\"database\":", JsonString(database),
                      ",\"file\":", JsonString(file), ",\"bytes\":\"",
                      made.bytes, "\",\"schema_version\":", made.schema_version,
                      ",\"seconds\":", absl::ToDoubleSeconds(took), "}");
}

// Makes a copy of the database, or the database from a copy.
absl::Status Run(Session& session, bool is_restored) {
  absl::Status refused = RefuseProject(session);
  if (!refused.ok()) return refused;
  CatchInterruption();
  const absl::Time start = absl::Now();
  const std::string& database = session.options.database;
  const std::string& file = session.arguments[0];
  const absl::StatusOr<Backup> made = is_restored
                                          ? RestoreStore(file, database, &Pause)
                                          : BackUpStore(database, file, &Pause);
  if (!made.ok()) {
    return LocalFailure(made.status(), "interrupted; no copy is left");
  }
  const absl::Duration took =
      absl::Trunc(absl::Now() - start, absl::Milliseconds(1));
  std::cout << ResultText(session, is_restored, *made, took) << "\n";
  return absl::OkStatus();
}

absl::Status BackUp(Session& session) {
  return Run(session, /*is_restored=*/false);
}

absl::Status Restore(Session& session) {
  absl::Status restored = Run(session, /*is_restored=*/true);
  if (restored.ok()) {
    std::cerr
        << "The secret-key of the same time must be beside it; check with "
           "webhook-server --check.\n";
  }
  return restored;
}

}  // namespace

std::vector<Command> BackupCommands() {
  return {
      LocalCommand("backup", "FILE", {"database"},
                   "Copies a database on this machine to a new file and checks "
                   "the copy, while the server runs. Until the copy is "
                   "complete, the database's -wal file grows with each write. "
                   "Key files are not copied.",
                   &BackUp),
      LocalCommand("restore", "FILE", {"database"},
                   "Makes the database on this machine from a copy of backup, "
                   "and checks it. The database must not exist, and neither "
                   "may its -wal or -shm.",
                   &Restore)};
}

}  // namespace webhooks::ctl
