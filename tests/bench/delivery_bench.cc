#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "benchmark/benchmark.h"
#include "proto/time.h"
#include "server/delivery/curl_sender.h"
#include "server/delivery/delivery_request.h"
#include "server/delivery/scheduler.h"
#include "storage/open.h"
#include "tests/support/light_receiver.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

// Compares deliveries, with every attempt recorded durably, with a bare loop of
// libcurl that posts the same bodies to the same receiver, in turn.
namespace webhooks {
namespace {

constexpr int kPerEndpoint = 8;
constexpr int kMaxInFlight = 512;
constexpr char kType[] = "connection.created";

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A project whose webhooks all have the same receiver.
class Project {
 public:
  Project(Store& store, const std::string& url, int webhooks) : store_(store) {
    const testing::ProjectAndKey made = testing::MakeProject();
    id_ = made.project.id_project();
    testing::CreateProject(store, made.project, made.key, made.hash)
        .IgnoreError();
    for (int i = 0; i < webhooks; ++i) {
      webhook_ = testing::MakeWebhook(id_);
      webhook_.set_url(absl::StrCat(url, "/", i));
      webhook_.clear_scope();
      testing::CreateWebhook(store, webhook_).IgnoreError();
    }
  }

  v1::Event MakeEvent() const {
    v1::Event event;
    event.set_id_event(testing::NewId());
    event.set_id_project(id_);
    event.set_type(kType);
    event.set_data(
        R"({"id":"a3b1c8e2","name":"Ada Lovelace","plan":"team","seats":12})");
    *event.mutable_created_at() = ToTimestamp(absl::Now());
    return event;
  }

  void Publish(int count) {
    using Answer = Created<v1::PublishEventBatchResponse>;
    std::vector<Pending<absl::StatusOr<Answer>>> pending(
        static_cast<std::size_t>(count + 999) / 1000);
    for (auto& one : pending) {
      EventStore::MaybeEvents events;
      for (; count > 0 && events.size() < 1000; --count) {
        events.push_back(MakeEvent());
      }
      store_.PublishEvents(id_, std::move(events), std::nullopt, {},
                           one.Completion());
    }
    for (auto& one : pending) benchmark::DoNotOptimize(one.Get());
  }

  const v1::Webhook& webhook() const { return webhook_; }

 private:
  Store& store_;
  std::string id_;
  v1::Webhook webhook_;
};

enum Backend { kSqlite, kPostgres };

// Returns null, and skips the benchmark, if the backend is not installed.
std::unique_ptr<Store> OpenIn(const testing::TempFolder& folder,
                              std::int64_t backend, benchmark::State& state) {
  std::string url = absl::StrCat("sqlite:", folder.Path("webhooks.db"));
  if (backend == kPostgres) {
    if (!testing::PostgresCluster::IsInstalled()) {
      state.SkipWithError("PostgreSQL is not installed");
      return nullptr;
    }
    static testing::PostgresCluster cluster({"-c", "fsync=on", "-c",
                                             "max_wal_size=4GB", "-c",
                                             "shared_buffers=256MB"});
    url = cluster.CreateDatabase();
  }
  return OpenStore(url, testing::Always()).value();
}

server::CurlSender::Options LoopbackAllowed() {
  server::CurlSender::Options options;
  options.guard = server::TargetGuard({*AddressRange::Parse("127.0.0.0/8")});
  return options;
}

std::size_t Discard(char*, std::size_t, std::size_t size, void*) {
  return size;
}

// Posts `count` copies of `request`, `in_flight` at a time.
void PostAll(const server::HttpRequest& request, int count, int in_flight) {
  CURLM* const multi = curl_multi_init();
  curl_slist* headers = nullptr;
  for (const std::string& header : request.headers) {
    headers = curl_slist_append(headers, header.c_str());
  }
  std::vector<CURL*> handles;
  for (int i = 0; i < in_flight; ++i) {
    CURL* const handle = curl_easy_init();
    curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Discard);
    curl_multi_add_handle(multi, handle);
    handles.push_back(handle);
  }
  int begun = in_flight;
  for (int ended = 0; ended < count;) {
    int running = 0;
    curl_multi_perform(multi, &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      CURL* const handle = message->easy_handle;
      ++ended;
      curl_multi_remove_handle(multi, handle);
      if (begun++ < count) curl_multi_add_handle(multi, handle);
    }
    curl_multi_poll(multi, nullptr, 0, 100, nullptr);
  }
  for (CURL* const handle : handles) curl_easy_cleanup(handle);
  curl_multi_cleanup(multi);
  curl_slist_free_all(headers);
}

// Measures `range(1)` deliveries to `range(0)` endpoints.
void DeliverAgainstBareCurl(benchmark::State& state) {
  const int endpoints = static_cast<int>(state.range(0));
  const int count = static_cast<int>(state.range(1));
  double bare = 0;
  double ours = 0;
  for ([[maybe_unused]] auto iteration : state) {
    testing::LightReceiver receiver;
    const testing::TempFolder folder;
    const std::unique_ptr<Store> store = OpenIn(folder, state.range(2), state);
    if (store == nullptr) break;
    Project project(*store, receiver.url(), endpoints);
    project.Publish(count / endpoints);
    v1::WebhookSecrets secrets;
    secrets.add_secrets()->set_secret(project.webhook().secret());
    const server::HttpRequest request = server::MakeDeliveryRequest(
        project.webhook(), secrets, project.MakeEvent(), absl::Now(),
        absl::Seconds(15));
    auto start = Clock::now();
    PostAll(request, count, std::min(kPerEndpoint * endpoints, kMaxInFlight));
    bare += Seconds(start);

    server::CurlSender sender(LoopbackAllowed(), &absl::Now);
    server::Scheduler::Options options;
    options.queue.max_in_flight = kMaxInFlight;
    options.queue.endpoint.max_in_flight = kPerEndpoint;
    absl::Mutex mutex;
    int recorded = 0;
    start = Clock::now();
    server::Scheduler scheduler(
        *store, sender, options, {&absl::Now, &SteadyTime}, [] { return 0.5; },
        [&](const AttemptResult&, const RecordedAttempt&, const Span&) {
          absl::MutexLock lock(&mutex);
          ++recorded;
        });
    {
      absl::MutexLock lock(&mutex);
      const auto is_done = [&] { return recorded >= count; };
      mutex.Await(absl::Condition(&is_done));
    }
    ours += Seconds(start);
  }
  const double all = static_cast<double>(state.iterations()) * count;
  state.counters["ratio"] = bare / ours;
  state.counters["bare_per_s"] = all / bare;
  state.counters["ours_per_s"] = all / ours;
}
BENCHMARK(DeliverAgainstBareCurl)
    ->ArgNames({"endpoints", "deliveries", "postgres"})
    ->ArgsProduct({{1, 100}, {20'000}, {kSqlite, kPostgres}})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2);

// The arrival time of each event at the receiver, by id.
class Arrivals {
 public:
  void Note(absl::string_view request) {
    constexpr absl::string_view kHeader = "webhook-id: ";
    const std::size_t at = request.find(kHeader);
    if (at == absl::string_view::npos) return;
    const std::string id(request.substr(at + kHeader.size(), 36));
    absl::MutexLock lock(&mutex_);
    times_.emplace(id, Clock::now());
  }

  Clock::time_point Await(const std::string& id) {
    absl::MutexLock lock(&mutex_);
    const auto has_come = [&] { return times_.contains(id); };
    mutex_.Await(absl::Condition(&has_come));
    return times_.at(id);
  }

 private:
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Clock::time_point> times_;
};

double Percentile(std::vector<double>& values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(
      part * static_cast<double>(values.size() - 1))];
}

// Measures the time from the answer to a publication to the first byte at the
// receiver, during `range(0)` other deliveries per second.
void PublishToArrival(benchmark::State& state) {
  const int background = static_cast<int>(state.range(0));
  Arrivals arrivals;
  testing::LightReceiver receiver(
      [&](absl::string_view request) { arrivals.Note(request); });
  const testing::TempFolder folder;
  const std::unique_ptr<Store> store = OpenIn(folder, state.range(1), state);
  if (store == nullptr) return;
  Project project(*store, receiver.url(), 1);
  Project other(*store, receiver.url(), 10);
  server::CurlSender sender(LoopbackAllowed(), &absl::Now);
  server::Scheduler scheduler(
      *store, sender, {}, server::Scheduler::Clocks{&absl::Now, &SteadyTime},
      [] { return 0.5; },
      [](const AttemptResult&, const RecordedAttempt&, const Span&) {});
  absl::Notification stopped;
  std::thread load([&] {
    // Publishes a hundred events per second, each to ten webhooks.
    while (background > 0 &&
           !stopped.WaitForNotificationWithTimeout(absl::Milliseconds(10))) {
      other.Publish(background / 1000);
    }
  });
  using Answer = Created<v1::PublishEventResponse>;
  std::vector<double> millis;
  for ([[maybe_unused]] auto iteration : state) {
    const v1::Event event = project.MakeEvent();
    benchmark::DoNotOptimize(Await<Answer>([&](auto done) {
      store->PublishEvent(event, std::nullopt, {}, done);
    }));
    const auto answered = Clock::now();
    const std::chrono::duration<double, std::milli> taken =
        arrivals.Await(event.id_event()) - answered;
    millis.push_back(taken.count());
  }
  stopped.Notify();
  load.join();
  state.counters["p50_ms"] = Percentile(millis, 0.5);
  state.counters["p99_ms"] = Percentile(millis, 0.99);
}
BENCHMARK(PublishToArrival)
    ->ArgNames({"background", "postgres"})
    // Half of what the backends deliver at most on two cores.
    ->Args({0, kSqlite})
    ->Args({0, kPostgres})
    ->Args({6'000, kSqlite})
    ->Args({3'000, kPostgres})
    ->UseRealTime()
    ->Iterations(1000);

// Measures publishing with `range(0)` webhooks that match, 64 callers at a
// time.
void Publish(benchmark::State& state) {
  const testing::TempFolder folder;
  const std::unique_ptr<Store> store = OpenIn(folder, kSqlite, state);
  Project project(*store, "http://127.0.0.1:1",
                  static_cast<int>(state.range(0)));
  using Answer = Created<v1::PublishEventResponse>;
  for ([[maybe_unused]] auto iteration : state) {
    std::vector<Pending<absl::StatusOr<Answer>>> pending(64);
    for (auto& one : pending) {
      store->PublishEvent(project.MakeEvent(), std::nullopt, {},
                          one.Completion());
    }
    for (auto& one : pending) benchmark::DoNotOptimize(one.Get());
  }
  state.SetItemsProcessed(state.iterations() * 64);
}
BENCHMARK(Publish)->Arg(0)->Arg(1)->Arg(10)->UseRealTime();

}  // namespace
}  // namespace webhooks

BENCHMARK_MAIN();
