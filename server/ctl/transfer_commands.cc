#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/ctl/command.h"
#include "server/ctl/local_command.h"
#include "server/ctl/output.h"
#include "server/runtime/small_file.h"
#include "storage/open.h"
#include "storage/unfinished_file.h"

// The commands export and import.
namespace webhooks::ctl {
namespace {

absl::Status Interrupted() { return absl::CancelledError("interrupted"); }

// Waits until the descriptor is ready for `events` (poll(2)). Looks for an
// interruption each second too, in case a signal comes just before the wait.
absl::Status AwaitReady(int descriptor, short events) {
  constexpr int kMillis = 1000;
  for (;;) {
    if (IsInterrupted()) return Interrupted();
    pollfd ready{descriptor, events, 0};
    if (poll(&ready, 1, kMillis) > 0) return absl::OkStatus();
  }
}

absl::Status WriteTo(int descriptor, absl::string_view bytes) {
  while (!bytes.empty()) {
    absl::Status ready = AwaitReady(descriptor, POLLOUT);
    if (!ready.ok()) return ready;
    // A pipe that is ready takes so many bytes without blocking.
    const ssize_t written =
        write(descriptor, bytes.data(),
              std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (written < 0 && errno != EINTR) {
      return absl::ErrnoToStatus(errno, "cannot write standard output");
    }
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::size_t> ReadFrom(int descriptor, const std::string& name,
                                     absl::Span<char> buffer) {
  for (;;) {
    absl::Status ready = AwaitReady(descriptor, POLLIN);
    if (!ready.ok()) return ready;
    const ssize_t size = read(descriptor, buffer.data(), buffer.size());
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno != EINTR) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", name));
    }
  }
}

// Prints what was done to standard error: standard output may be the stream.
void PrintResult(const Session& session, absl::string_view done,
                 const Transfer& transfer, absl::Time start) {
  const absl::Duration took =
      absl::Trunc(absl::Now() - start, absl::Milliseconds(1));
  const std::string database = StoreName(session.options.database);
  if (!session.options.json) {
    std::cerr << done << " " << Printable(database) << ": " << transfer.bytes
              << " bytes in " << absl::FormatDuration(took) << "\n";
    for (const auto& [kind, count] : transfer.records) {
      if (count > 0) std::cerr << "  " << kind << ": " << count << "\n";
    }
    return;
  }
  std::string records;
  for (const auto& [kind, count] : transfer.records) {
    absl::StrAppend(&records, records.empty() ? "" : ",", JsonString(kind),
                    ":\"", count, "\"");
  }
  std::cerr << "{\"database\":" << JsonString(database) << ",\"project\":"
            << (transfer.project.empty() ? "null"
                                         : JsonString(transfer.project))
            << ",\"records\":{" << records << "},\"bytes\":\"" << transfer.bytes
            << "\",\"seconds\":" << absl::ToDoubleSeconds(took) << "}\n";
}

absl::StatusOr<Transfer> ExportTo(const Session& session,
                                  const ByteSink& sink) {
  return ExportStore(session.options.database,
                     session.options.project.value_or(""), absl::Now(), sink);
}

absl::StatusOr<Transfer> ExportToFile(const Session& session,
                                      const std::string& path) {
  // Before the work: Finish would refuse it as well.
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, error))) {
    return absl::AlreadyExistsError(absl::StrCat(path, " already exists"));
  }
  auto file = UnfinishedFile::Create(path);
  if (!file.ok()) return file.status();
  auto transfer = ExportTo(session, [&](absl::string_view bytes) {
    return IsInterrupted() ? Interrupted() : file->Append(bytes);
  });
  if (!transfer.ok()) return transfer;
  absl::Status finished = file->Finish();
  if (!finished.ok()) return finished;
  return transfer;
}

absl::StatusOr<Transfer> ExportToOutput(const Session& session) {
  if (isatty(STDOUT_FILENO) != 0) {
    return absl::InvalidArgumentError(
        "standard output is a terminal: redirect it, or give --output");
  }
  return ExportTo(session, [](absl::string_view bytes) {
    return WriteTo(STDOUT_FILENO, bytes);
  });
}

absl::Status Export(Session& session) {
  CatchInterruption();
  const absl::Time start = absl::Now();
  const std::optional<std::string>& path = session.options.output;
  const auto transfer =
      path ? ExportToFile(session, *path) : ExportToOutput(session);
  if (!transfer.ok()) {
    return LocalFailure(transfer.status(),
                        "interrupted; the stream is useless");
  }
  PrintResult(session, "exported", *transfer, start);
  return absl::OkStatus();
}

// Returns the keys of --secret_key_file.
absl::StatusOr<SecretKeys> ReadKeys(const Options& options) {
  const std::string path = options.secret_key_file.value_or(
      (std::filesystem::path(StoreFolder(options.database)) / "secret-key")
          .string());
  const auto text = ReadSmallFile(path);
  if (!text.ok()) {
    return absl::Status(
        text.status().code(),
        absl::StrCat("--secret_key_file: ", text.status().message()));
  }
  auto keys = ParseSecretKeys(*text);
  if (keys.ok()) return keys;
  return absl::InvalidArgumentError(
      absl::StrCat("--secret_key_file: ", path, ": ", keys.status().message()));
}

absl::StatusOr<Transfer> ImportFrom(const Options& options, int descriptor,
                                    const std::string& name) {
  return ImportStore(
      options.database,
      [&](absl::Span<char> buffer) {
        return ReadFrom(descriptor, name, buffer);
      },
      [&](bool) { return ReadKeys(options); });
}

absl::StatusOr<Transfer> ImportFromFile(const Options& options,
                                        const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  }
  const auto close_file = absl::MakeCleanup([&] { close(descriptor); });
  return ImportFrom(options, descriptor, path);
}

absl::StatusOr<Transfer> ImportFromInput(const Options& options) {
  if (isatty(STDIN_FILENO) != 0) {
    return absl::InvalidArgumentError(
        "standard input is a terminal: redirect it, or give --input");
  }
  return ImportFrom(options, STDIN_FILENO, "standard input");
}

absl::Status ImportStream(Session& session) {
  absl::Status refused = RefuseProject(session);
  if (!refused.ok()) return refused;
  CatchInterruption();
  const absl::Time start = absl::Now();
  const Options& options = session.options;
  const auto transfer = options.input ? ImportFromFile(options, *options.input)
                                      : ImportFromInput(options);
  if (!transfer.ok()) {
    return LocalFailure(transfer.status(), "interrupted; nothing was imported");
  }
  PrintResult(session, "imported into", *transfer, start);
  return absl::OkStatus();
}

}  // namespace

std::vector<Command> TransferCommands() {
  return {
      LocalCommand(
          "export", "", {"database", "output"},
          "Writes everything of a database, or of the project of --project, as "
          "a stream that import reads, while servers run. Secrets stay "
          "encrypted; key files are not exported.",
          &Export),
      LocalCommand(
          "import", "", {"database", "input", "secret_key_file"},
          "Reads a stream of export into an empty or new database, or a "
          "project "
          "into a database that does not have it. A stream that is damaged, or "
          "incomplete, changes nothing. No server may use a SQLite database "
          "meanwhile.",
          &ImportStream)};
}

}  // namespace webhooks::ctl
