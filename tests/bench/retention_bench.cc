// Measures a store with retention under constant load: the growth of its file,
// and the time of a publication while old events are removed, compared with a
// publication while nothing is removed.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "server/runtime/entropy.h"
#include "storage/open.h"
#include "storage/uuid.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks {
namespace {

constexpr char kType[] = "connection.created";
// The step of the store's fake clock.
constexpr absl::Duration kTick = absl::Minutes(1);
constexpr int kKeptTicks = 20;
constexpr int kTicks = 100;
constexpr int kReportEvery = 20;
// The events of each tick: those whose publication is timed, and the others.
constexpr int kTimed = 100;
constexpr int kOthers = 2000;

using Published = Created<v1::PublishEventResponse>;
using Steady = std::chrono::steady_clock;

class Load {
 public:
  Load() {
    const testing::ProjectAndKey made = testing::MakeProject();
    project_ = made.project.id_project();
    testing::CreateProject(*store_, made.project, made.key, made.hash)
        .IgnoreError();
    webhook_ = testing::MakeWebhook(project_);
    webhook_.clear_scope();
    testing::CreateWebhook(*store_, webhook_).IgnoreError();
  }

  void Run() {
    for (int tick = 1; tick <= kTicks; ++tick) {
      now_ += kTick;
      Tick(tick > kKeptTicks + 1 ? removing_ : idle_);
      if (tick % kReportEvery == 0) ReportFile(tick);
    }
    ReportTimes("publish, nothing to remove", idle_);
    ReportTimes("publish, while removing", removing_);
  }

 private:
  v1::Event MakeEvent() {
    v1::Event event;
    event.set_id_event(FormatUuid(MakeUuidV7(now_, entropy_.Bytes<10>())));
    event.set_id_project(project_);
    event.set_type(kType);
    event.set_data(std::string(500, '1'));
    *event.mutable_created_at() = ToTimestamp(now_);
    return event;
  }

  void Tick(std::vector<double>& micros) {
    EventStore::MaybeEvents others;
    for (int i = 0; i < kOthers; ++i) others.emplace_back(MakeEvent());
    Await<Created<v1::PublishEventBatchResponse>>([&](auto done) {
      store_->PublishEvents(project_, others, std::nullopt, {}, done);
    }).IgnoreError();
    std::thread maintenance([this] {
      while (*Await<bool>([&](auto done) {
        store_->Maintain(now_, kKeptTicks * kTick, {}, done);
      })) {
      }
    });
    for (int i = 0; i < kTimed; ++i) {
      const v1::Event event = MakeEvent();
      const auto start = Steady::now();
      Await<Published>([&](auto done) {
        store_->PublishEvent(event, std::nullopt, {}, done);
      }).IgnoreError();
      micros.push_back(
          std::chrono::duration<double, std::micro>(Steady::now() - start)
              .count());
    }
    DeliverAll();
    maintenance.join();
  }

  void DeliverAll() {
    const Endpoint endpoint{project_, webhook_.id_webhook_endpoint()};
    for (;;) {
      const auto leases = Await<std::vector<EndpointLease>>([&](auto done) {
        store_->LeaseDue({{endpoint, 500}}, now_, absl::Minutes(1), {}, done);
      });
      if (leases->at(0).deliveries.empty()) return;
      std::vector<Pending<absl::StatusOr<RecordedAttempt>>> records;
      for (const LeasedDelivery& leased : leases->at(0).deliveries) {
        AttemptResult result;
        result.endpoint = endpoint;
        result.lease = {leased.id, leased.lease};
        result.outcome = AttemptResult::Outcome::kDelivered;
        result.now = now_;
        result.record.set_response_body("ok");
        store_->RecordAttempt(result, {}, records.emplace_back().Completion());
      }
      for (auto& record : records) record.Get().status().IgnoreError();
    }
  }

  void ReportFile(int tick) {
    const auto bytes = std::filesystem::file_size(folder_.Path("webhooks.db"));
    if (tick == 2 * kKeptTicks) steady_bytes_ = bytes;
    std::printf("file after %3d ticks %6.1f MB", tick,
                static_cast<double>(bytes) / 1e6);
    if (steady_bytes_ > 0) {
      std::printf(
          "  ratio to that after %d %.3f", 2 * kKeptTicks,
          static_cast<double>(bytes) / static_cast<double>(steady_bytes_));
    }
    std::printf("\n");
  }

  void ReportTimes(const char* name, std::vector<double>& micros) {
    std::sort(micros.begin(), micros.end());
    const double p50 = micros[micros.size() / 2];
    const double p99 = micros[micros.size() * 99 / 100];
    if (first_p50_ == 0) {
      first_p50_ = p50;
      first_p99_ = p99;
    }
    std::printf("%-27s p50 %7.1f us (ratio %.2f)  p99 %7.1f us (ratio %.2f)\n",
                name, p50, p50 / first_p50_, p99, p99 / first_p99_);
  }

  testing::TempFolder folder_;
  std::unique_ptr<Store> store_ =
      OpenStore(absl::StrCat("sqlite:", folder_.Path("webhooks.db")),
                testing::Always())
          .value();
  SystemEntropy entropy_;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  std::string project_;
  v1::Webhook webhook_;
  std::vector<double> idle_;
  std::vector<double> removing_;
  std::uintmax_t steady_bytes_ = 0;
  double first_p50_ = 0;
  double first_p99_ = 0;
};

}  // namespace
}  // namespace webhooks

int main() { webhooks::Load().Run(); }
