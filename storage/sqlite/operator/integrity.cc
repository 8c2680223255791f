#include "storage/sqlite/operator/integrity.h"

#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace webhooks::sqlite {
namespace {

// Instructions of SQLite's machine between two questions: some milliseconds.
constexpr int kInstructions = 100'000;

struct Watcher {
  std::function<bool()> go_on;
  bool has_stopped = false;

  static int Ask(void* self) {
    auto* watcher = static_cast<Watcher*>(self);
    watcher->has_stopped = !watcher->go_on();
    return watcher->has_stopped ? 1 : 0;
  }
};

}  // namespace

absl::Status CheckIntegrity(Connection& connection,
                            std::function<bool()> go_on) {
  Watcher watcher{std::move(go_on)};
  sqlite3_progress_handler(connection.handle(), kInstructions, &Watcher::Ask,
                           &watcher);
  const auto unwatched = absl::MakeCleanup([&] {
    sqlite3_progress_handler(connection.handle(), 0, nullptr, nullptr);
  });
  absl::Status status = connection.Guarded("check", [&]() -> absl::Status {
    Statement row = connection.Prepared("PRAGMA integrity_check(1)");
    row->executeStep();
    const std::string found = row->getColumn(0).getString();
    if (found == "ok") return absl::OkStatus();
    return absl::DataLossError(absl::StrCat("damaged: ", found));
  });
  return watcher.has_stopped ? absl::CancelledError("given up") : status;
}

}  // namespace webhooks::sqlite
