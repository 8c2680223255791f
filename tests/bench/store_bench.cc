#include <SQLiteCpp/SQLiteCpp.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "storage/open.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

// Compares the store with plain SQLite, which makes a transaction and an fsync
// for each row. Both use the same disk, in turn.
namespace webhooks {
namespace {

// Inserts rows of the same size the way a simple program would.
class PlainSqlite {
 public:
  explicit PlainSqlite(const std::string& path)
      : database_(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
    database_.exec("PRAGMA journal_mode = WAL");
    database_.exec("PRAGMA synchronous = FULL");
    database_.exec("CREATE TABLE webhooks (id TEXT PRIMARY KEY, row BLOB)");
    insert_ = std::make_unique<SQLite::Statement>(
        database_, "INSERT INTO webhooks VALUES (?, ?)");
  }

  void Insert(const v1::Webhook& webhook) {
    insert_->bind(1, webhook.id_webhook_endpoint());
    insert_->bind(2, webhook.SerializeAsString());
    insert_->exec();
    insert_->reset();
  }

 private:
  SQLite::Database database_;
  std::unique_ptr<SQLite::Statement> insert_;
};

class Bench {
 public:
  Bench() : plain_(folder_.Path("plain.db")) {
    store_ = OpenStore(absl::StrCat("sqlite:", folder_.Path("webhooks.db")),
                       testing::Always())
                 .value();
    const testing::ProjectAndKey made = testing::MakeProject();
    project_ = made.project.id_project();
    testing::CreateProject(*store_, made.project, made.key, made.hash)
        .IgnoreError();
  }

  void InsertPlain(int count) {
    for (int i = 0; i < count; ++i) {
      plain_.Insert(testing::MakeWebhook(project_));
    }
  }

  // Makes `count` calls that wait at the same time.
  void CreateTogether(int count) {
    std::vector<Pending<absl::StatusOr<Created<v1::Webhook>>>> pending(count);
    for (auto& one : pending) {
      store_->CreateWebhook(testing::MakeWebhook(project_), std::nullopt, {},
                            one.Completion());
    }
    for (auto& one : pending) benchmark::DoNotOptimize(one.Get());
  }

 private:
  testing::TempFolder folder_;
  PlainSqlite plain_;
  std::unique_ptr<Store> store_;
  std::string project_;
};

// Measures the number of the store's changes in the time of one row of plain
// SQLite, with `range(0)` concurrent callers.
void CreateAgainstPlainSqlite(benchmark::State& state) {
  Bench bench;
  const int callers = static_cast<int>(state.range(0));
  const auto seconds = [](auto&& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         start)
        .count();
  };
  double plain = 0;
  double ours = 0;
  for ([[maybe_unused]] auto iteration : state) {
    plain += seconds([&] { bench.InsertPlain(callers); });
    ours += seconds([&] { bench.CreateTogether(callers); });
  }
  state.counters["ratio"] = plain / ours;
  state.counters["rows_per_s"] =
      static_cast<double>(state.iterations()) * callers / ours;
}
BENCHMARK(CreateAgainstPlainSqlite)->Arg(1)->Arg(64)->Arg(512);

}  // namespace
}  // namespace webhooks

BENCHMARK_MAIN();
