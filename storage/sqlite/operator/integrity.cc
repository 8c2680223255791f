#include "storage/sqlite/operator/integrity.h"

#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "storage/sql/columns.h"

namespace webhooks::sqlite {
namespace {

// The instructions of SQLite's virtual machine between two calls of `go_on`:
// some milliseconds.
constexpr int kInstructions = 100'000;

struct Progress {
  std::function<bool()> go_on;
  bool has_stopped = false;

  static int OnProgress(void* self) {
    auto* progress = static_cast<Progress*>(self);
    progress->has_stopped = !progress->go_on();
    return progress->has_stopped ? 1 : 0;
  }
};

}  // namespace

absl::Status CheckIntegrity(Connection& connection,
                            std::function<bool()> go_on) {
  Progress progress{std::move(go_on)};
  sqlite3_progress_handler(connection.handle(), kInstructions,
                           &Progress::OnProgress, &progress);
  const auto remove_handler = absl::MakeCleanup([&] {
    sqlite3_progress_handler(connection.handle(), 0, nullptr, nullptr);
  });
  absl::Status status =
      connection.Guarded("check integrity", [&]() -> absl::Status {
        Statement row = connection.Prepared("PRAGMA integrity_check(1)");
        row.Step();
        const std::string found = sql::TextColumn(row, 0);
        if (found == "ok") return absl::OkStatus();
        return absl::DataLossError(absl::StrCat("damaged: ", found));
      });
  return progress.has_stopped ? absl::CancelledError("cancelled") : status;
}

}  // namespace webhooks::sqlite
