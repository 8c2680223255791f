#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "storage/open.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

// Compares the two backends: the same calls on PostgreSQL and on SQLite, on the
// same disk, in turn.
namespace webhooks {
namespace {

constexpr int kRounds = 5;
constexpr absl::Duration kRound = absl::Milliseconds(400);
constexpr char kType[] = "thing.happened";

using Published = Created<v1::PublishEventResponse>;
using Steady = std::chrono::steady_clock;

// A store with one project.
class Side {
 public:
  explicit Side(const std::string& url)
      : store_(OpenStore(url, testing::Always()).value()) {
    const testing::ProjectAndKey made = testing::MakeProject();
    project_ = made.project.id_project();
    testing::CreateProject(*store_, made.project, made.key, made.hash)
        .IgnoreError();
  }

  // Calls that wait at the same time; each returns the number of operations.
  int Create(int count) {
    Together<Created<v1::Webhook>>(count, [&](auto done) {
      store_->CreateWebhook(testing::MakeWebhook(project_), std::nullopt, {},
                            std::move(done));
    });
    return count;
  }

  int Publish(int count) {
    Together<Published>(count, [&](auto done) {
      store_->PublishEvent(MakeEvent(), std::nullopt, {}, std::move(done));
    });
    return count;
  }

  void AddListener() {
    v1::Webhook webhook = testing::MakeWebhook(project_);
    webhook.clear_scope();
    webhook.add_scope(kType);
    endpoints_.push_back({project_, webhook.id_webhook_endpoint()});
    testing::CreateWebhook(*store_, webhook).status().IgnoreError();
  }

  // Leases a delivery of each of `count` endpoints and records its attempt.
  int Deliver(int count) {
    while (static_cast<int>(endpoints_.size()) < count) AddListener();
    std::vector<LeaseRequest> requests;
    for (int i = 0; i < count; ++i) requests.push_back({endpoints_[i], 1});
    const auto leases = Await<std::vector<EndpointLease>>([&](auto done) {
      store_->LeaseDue(requests, now_, absl::Minutes(10), {}, done);
    });
    std::vector<AttemptResult> results;
    for (std::size_t i = 0; i < leases->size(); ++i) {
      for (const LeasedDelivery& leased : (*leases)[i].deliveries) {
        AttemptResult& result = results.emplace_back();
        result.endpoint = requests[i].endpoint;
        result.lease = {leased.id, leased.lease};
        result.outcome = AttemptResult::Outcome::kDelivered;
        result.now = now_;
        result.record.set_response_body("ok");
      }
    }
    auto next = results.begin();
    Together<RecordedAttempt>(static_cast<int>(results.size()), [&](auto done) {
      store_->RecordAttempt(*next++, {}, std::move(done));
    });
    return static_cast<int>(results.size());
  }

 private:
  template <typename T>
  static void Together(int count, const std::function<void(Done<T>)>& call) {
    std::vector<Pending<absl::StatusOr<T>>> pending(count);
    for (auto& one : pending) call(one.Completion());
    for (auto& one : pending) {
      const auto result = one.Get();
      if (result.ok()) continue;
      std::printf("failed: %s\n", result.status().ToString().c_str());
      std::exit(1);
    }
  }

  v1::Event MakeEvent() {
    v1::Event event;
    event.set_id_event(testing::NewId());
    event.set_id_project(project_);
    event.set_type(kType);
    event.set_data(std::string(500, '1'));
    *event.mutable_created_at() = ToTimestamp(now_);
    return event;
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  std::unique_ptr<Store> store_;
  std::string project_;
  std::vector<Endpoint> endpoints_;
};

using Operation = std::function<int(Side&)>;

double Rate(Side& side, const Operation& operation) {
  int operations = 0;
  const auto start = Steady::now();
  absl::Duration time;
  while (time < kRound) {
    const int made = operation(side);
    if (made == 0) break;
    operations += made;
    time = absl::FromChrono(Steady::now() - start);
  }
  return operations / absl::ToDoubleSeconds(time);
}

class Comparison {
 public:
  Comparison()
      : cluster_({"-c", "fsync=on", "-c", "max_wal_size=4GB", "-c",
                  "shared_buffers=256MB"}),
        url_(cluster_.CreateDatabase()),
        sqlite_(absl::StrCat("sqlite:", folder_.Path("webhooks.db"))),
        postgres_(url_) {}

  void Run(const std::string& name, const Operation& operation) {
    double sqlite = 0;
    double postgres = 0;
    double wal = 0;
    for (int i = 0; i < kRounds; ++i) {
      sqlite += Rate(sqlite_, operation) / kRounds;
      const double before = WalBytes();
      const double rate = Rate(postgres_, operation);
      postgres += rate / kRounds;
      wal += (WalBytes() - before) / rate / absl::ToDoubleSeconds(kRound) /
             kRounds;
    }
    std::printf(
        "%-34s ratio %.2f  sqlite %8.0f/s  postgres %8.0f/s  wal %6.0f B\n",
        name.c_str(), postgres / sqlite, sqlite, postgres, wal);
  }

  void Prepare(const std::function<void(Side&)>& step) {
    step(sqlite_);
    step(postgres_);
  }

 private:
  double WalBytes() {
    double bytes = 0;
    const std::string text = testing::PostgresCluster::Run(
        url_, "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn");
    return absl::SimpleAtod(text, &bytes) ? bytes : 0;
  }

  testing::TempFolder folder_;
  testing::PostgresCluster cluster_;
  const std::string url_;
  Side sqlite_;
  Side postgres_;
};

int Main() {
  if (!testing::PostgresCluster::IsInstalled()) {
    std::printf("PostgreSQL is not installed\n");
    return 0;
  }
  Comparison comparison;
  for (const int callers : {1, 64, 256}) {
    comparison.Run(absl::StrCat("create, ", callers, " at once"),
                   [&](Side& side) { return side.Create(callers); });
  }
  for (const int listeners : {0, 1, 10}) {
    for (const int callers : {1, 64, 256}) {
      comparison.Run(
          absl::StrCat("publish to ", listeners, ", ", callers, " at once"),
          [&](Side& side) { return side.Publish(callers); });
    }
    comparison.Prepare([&](Side& side) {
      for (int i = listeners; i < (listeners == 0 ? 1 : 10); ++i) {
        side.AddListener();
      }
    });
  }
  comparison.Prepare([](Side& side) {
    for (int i = 0; i < 40; ++i) side.Publish(64);
  });
  for (const int endpoints : {1, 10}) {
    comparison.Run(absl::StrCat("lease and record, ", endpoints, " endpoints"),
                   [&](Side& side) { return side.Deliver(endpoints); });
  }
  return 0;
}

}  // namespace
}  // namespace webhooks

int main() { return webhooks::Main(); }
