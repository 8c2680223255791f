#include <signal.h>

#include <algorithm>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "proto/json/json_text.h"
#include "server/ctl/command.h"
#include "server/ctl/output.h"
#include "storage/open.h"

// The command backup, which runs on the machine of the database and does not
// call a server.
namespace webhooks::ctl {
namespace {

volatile sig_atomic_t has_signal = 0;

// The first signal makes the backup clean up and end; a second one ends the
// process.
void NoteSignals() {
  struct sigaction action {};
  action.sa_handler = [](int) { has_signal = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  has_signal = 0;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    sigaction(signal, &action, nullptr);
  }
}

// Leaves the disk to the server for four times the time that the backup has
// `worked`, at most a second. Returns false once a signal has come.
bool Pause(absl::Duration worked) {
  if (has_signal == 0) absl::SleepFor(std::min(4 * worked, absl::Seconds(1)));
  return has_signal == 0;
}

std::string JsonString(const std::string& text) {
  std::string json;
  if (!AppendJsonString(text, json)) AppendJsonString(Printable(text), json);
  return json;
}

std::string ResultText(const Session& session, const Backup& made,
                       absl::Duration took) {
  const std::string& database = session.options.database;
  const std::string& file = session.arguments[0];
  if (!session.options.json) {
    return absl::StrCat("copied ", Printable(database), " to ", Printable(file),
                        ": ", made.bytes, " bytes in ",
                        absl::FormatDuration(took));
  }
  return absl::StrCat("{\"database\":", JsonString(database),
                      ",\"file\":", JsonString(file), ",\"bytes\":\"",
                      made.bytes, "\",\"schema_version\":", made.schema_version,
                      ",\"seconds\":", absl::ToDoubleSeconds(took), "}");
}

// Replaces the code of the storage error, since exit codes stand for errors of
// a server.
absl::Status Failure(const absl::Status& status) {
  return absl::UnknownError(absl::IsCancelled(status)
                                ? "interrupted; no copy is left"
                                : status.message());
}

absl::Status BackUp(Session& session) {
  NoteSignals();
  const absl::Time start = absl::Now();
  const absl::StatusOr<Backup> made =
      BackUpStore(session.options.database, session.arguments[0], &Pause);
  if (!made.ok()) return Failure(made.status());
  const absl::Duration took =
      absl::Trunc(absl::Now() - start, absl::Milliseconds(1));
  std::cout << ResultText(session, *made, took) << "\n";
  return absl::OkStatus();
}

}  // namespace

std::vector<Command> BackupCommands() {
  return {{"backup",
           "FILE",
           {"database"},
           "Copies a database on this machine to a new file and checks the "
           "copy, while the server runs. Until the copy is complete, the "
           "database's -wal file grows with each write. Key files are not "
           "copied.",
           &BackUp}};
}

}  // namespace webhooks::ctl
