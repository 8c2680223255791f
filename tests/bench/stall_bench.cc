// Measures the longest wait of other callers while the store does large work: a
// publication to 50,000 webhooks, the leasing and the removal of its
// deliveries, and lists of a project with many events. The baseline is an idle
// store.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
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

constexpr int kListeners = EventStore::kMaxFanOut;
constexpr int kTogether = 512;
constexpr int kEvents = 200'000;
constexpr int kLists = 20;
constexpr char kType[] = "connection.created";

using Steady = std::chrono::steady_clock;

double MillisSince(Steady::time_point start) {
  return std::chrono::duration<double, std::milli>(Steady::now() - start)
      .count();
}

// Records the duration of the longest transaction and the longest checkpoint.
class Longest final : public StoreObserver {
 public:
  void Committed(int, absl::Duration duration) override {
    transaction_ = std::max(transaction_.load(), duration);
  }
  void Checkpointed(absl::Duration duration) override {
    checkpoint_ = std::max(checkpoint_.load(), duration);
  }

  // Return the maximum since the last call, in milliseconds.
  double TakeTransaction() { return Take(transaction_); }
  double TakeCheckpoint() { return Take(checkpoint_); }

 private:
  static double Take(std::atomic<absl::Duration>& duration) {
    return absl::ToDoubleMilliseconds(duration.exchange(absl::ZeroDuration()));
  }

  std::atomic<absl::Duration> transaction_ = absl::ZeroDuration();
  std::atomic<absl::Duration> checkpoint_ = absl::ZeroDuration();
};

class Stalls {
 public:
  Stalls() {
    made_ = testing::MakeProject();
    project_ = made_.project.id_project();
    testing::CreateProject(*store_, made_.project, made_.key, made_.hash)
        .IgnoreError();
  }

  void Run() {
    for (int i = 0; i < kListeners; i += kTogether) Listen();
    Measure("idle",
            [] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
    Measure("publish to all", [&] { Publish(); });
    Measure("publish to all", [&] { Publish(); });
    Measure("lease of all", [&] { LeaseAll(); });
    now_ += absl::Hours(25);
    Measure("expiry of all", [&] { Maintain(); });
    now_ += absl::Hours(25);
    Measure("removal of all", [&] { Maintain(); });
    FillEvents();
    Measure("lists of old events", [&] { ListOld(); });
  }

 private:
  // Measures other calls during `work`: a change and a look-up of a key, in
  // turn.
  void Measure(const char* name, const std::function<void()>& work) {
    std::atomic<bool> ended = false;
    double change = 0;
    double look_up = 0;
    std::thread others([&] {
      while (!ended) {
        auto start = Steady::now();
        AwaitStatus([&](auto done) {
          store_->NoteKeyUse(made_.key.id_api_key(), now_, {}, done);
        }).IgnoreError();
        change = std::max(change, MillisSince(start));
        start = Steady::now();
        testing::FindApiKey(*store_, made_.hash).IgnoreError();
        look_up = std::max(look_up, MillisSince(start));
      }
    });
    longest_.TakeTransaction();
    longest_.TakeCheckpoint();
    const auto start = Steady::now();
    work();
    const double took = MillisSince(start);
    ended = true;
    others.join();
    std::printf(
        "%-20s %9.1f ms; others wait at most: change %7.1f ms, key %7.1f ms;"
        " longest transaction %7.1f ms, checkpoint %7.1f ms\n",
        name, took, change, look_up, longest_.TakeTransaction(),
        longest_.TakeCheckpoint());
  }

  void Listen() {
    const int count =
        std::min(kTogether, kListeners - static_cast<int>(webhooks_.size()));
    std::vector<Pending<absl::StatusOr<Created<v1::Webhook>>>> calls(count);
    for (auto& call : calls) {
      v1::Webhook webhook = testing::MakeWebhook(project_);
      webhook.clear_scope();
      webhook.set_id_webhook_endpoint(NewId());
      webhooks_.push_back(webhook.id_webhook_endpoint());
      store_->CreateWebhook(webhook, std::nullopt, {}, call.Completion());
    }
    for (auto& call : calls) call.Get().IgnoreError();
  }

  std::string NewId() {
    return FormatUuid(MakeUuidV7(now_, entropy_.Bytes<10>()));
  }

  v1::Event NewEvent(const std::string& type) {
    v1::Event event;
    event.set_id_event(NewId());
    event.set_id_project(project_);
    event.set_type(type);
    event.set_data(std::string(500, '1'));
    *event.mutable_created_at() = ToTimestamp(now_);
    return event;
  }

  void Publish() {
    const auto published =
        Await<Created<v1::PublishEventResponse>>([&](auto done) {
          store_->PublishEvent(NewEvent(kType), std::nullopt, {}, done);
        });
    if (!published.ok())
      std::printf("%s\n", published.status().ToString().c_str());
  }

  void LeaseAll() {
    for (std::size_t i = 0; i < webhooks_.size(); i += kTogether) {
      std::vector<LeaseRequest> requests;
      for (std::size_t j = i; j < std::min(i + kTogether, webhooks_.size());
           ++j) {
        requests.push_back({{project_, webhooks_[j]}, 1});
      }
      Await<std::vector<EndpointLease>>([&](auto done) {
        store_->LeaseDue(std::move(requests), now_, absl::Minutes(2), {}, done);
      }).IgnoreError();
    }
  }

  void Maintain() {
    while (*Await<bool>([&](auto done) {
      store_->Maintain(now_, absl::Hours(24), {}, done);
    })) {
    }
  }

  void FillEvents() {
    const testing::ProjectAndKey made = testing::MakeProject();
    project_ = made.project.id_project();
    testing::CreateProject(*store_, made.project, made.key, made.hash)
        .IgnoreError();
    old_ = now_ + absl::Milliseconds(1);
    for (int i = 0; i < kEvents; i += 1000) {
      EventStore::MaybeEvents events;
      for (int j = 0; j < 1000; ++j) {
        now_ += absl::Milliseconds(1);
        events.emplace_back(NewEvent("other.type"));
      }
      Await<Created<v1::PublishEventBatchResponse>>([&](auto done) {
        store_->PublishEvents(project_, events, std::nullopt, {}, done);
      }).IgnoreError();
    }
  }

  void ListOld() {
    std::vector<Pending<absl::StatusOr<Page<v1::Event>>>> calls(kLists);
    for (auto& call : calls) {
      store_->ListEvents(project_, {.published = {.end = old_}}, {}, {},
                         call.Completion());
    }
    for (auto& call : calls) call.Get().IgnoreError();
  }

  testing::TempFolder folder_;
  Longest longest_;
  std::unique_ptr<Store> store_ =
      OpenStore(absl::StrCat("sqlite:", folder_.Path("webhooks.db")),
                testing::Always(), longest_)
          .value();
  SystemEntropy entropy_;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  absl::Time old_;
  testing::ProjectAndKey made_;
  std::string project_;
  std::vector<std::string> webhooks_;
};

}  // namespace
}  // namespace webhooks

int main() {
  webhooks::Stalls().Run();
  return 0;
}
