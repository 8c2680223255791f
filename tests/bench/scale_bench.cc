// Measures the latency of the store's calls, one at a time, with a thousand, a
// hundred thousand and a million webhooks in one project, and its ratio to that
// with a thousand.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
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

constexpr int kSizes[] = {1'000, 100'000, 1'000'000};
constexpr int kCalls = 2'000;
constexpr int kTogether = 512;
constexpr int kPage = 100;
constexpr char kType[] = "rare.type";

class Scale {
 public:
  Scale() {
    const testing::ProjectAndKey made = testing::MakeProject();
    project_ = made.project.id_project();
    testing::CreateProject(*store_, made.project, made.key, made.hash)
        .IgnoreError();
    v1::Webhook listener = testing::MakeWebhook(project_);
    listener.clear_scope();
    listener.add_scope(kType);
    testing::CreateWebhook(*store_, listener).IgnoreError();
  }

  void FillTo(int size) {
    while (static_cast<int>(ids_.size()) < size) {
      const int count =
          std::min(kTogether, size - static_cast<int>(ids_.size()));
      std::vector<Pending<absl::StatusOr<Created<v1::Webhook>>>> pending(count);
      for (auto& one : pending) {
        store_->CreateWebhook(Next(), std::nullopt, {}, one.Completion());
      }
      for (auto& one : pending) one.Get().IgnoreError();
    }
  }

  void Measure() {
    const std::string before_last = ids_[ids_.size() - kPage - 1];
    std::size_t turn = 0;
    Time("Get", [&] {
      turn += 7919;
      testing::GetWebhook(*store_, project_, ids_[turn % ids_.size()])
          .IgnoreError();
    });
    Time("List, first page", [&] { List(""); });
    Time("List, last page", [&] { List(before_last); });
    Time("Create",
         [&] { testing::CreateWebhook(*store_, Next()).IgnoreError(); });
    Time("Publish to one", [&] { Publish(); });
    const auto bytes = std::filesystem::file_size(folder_.Path("webhooks.db"));
    std::printf("%-18s %9zu webhooks  %7.1f MB, %zu bytes each\n", "file",
                ids_.size(), static_cast<double>(bytes) / 1e6,
                static_cast<std::size_t>(bytes / ids_.size()));
  }

 private:
  v1::Webhook Next() {
    v1::Webhook webhook = testing::MakeWebhook(project_);
    webhook.set_id_webhook_endpoint(
        FormatUuid(MakeUuidV7(absl::Now(), entropy_.Bytes<10>())));
    ids_.push_back(webhook.id_webhook_endpoint());
    return webhook;
  }

  void List(const std::string& after) {
    Await<Page<v1::Webhook>>([&](auto done) {
      store_->ListWebhooks(project_, {}, {ParseUuid(after), kPage}, {}, done);
    }).IgnoreError();
  }

  // Publishes an event to which only one webhook listens.
  void Publish() {
    v1::Event event;
    event.set_id_project(project_);
    event.set_id_event(
        FormatUuid(MakeUuidV7(absl::Now(), entropy_.Bytes<10>())));
    event.set_type(kType);
    *event.mutable_created_at() = ToTimestamp(absl::Now());
    Await<Created<v1::PublishEventResponse>>([&](auto done) {
      store_->PublishEvent(event, std::nullopt, {}, done);
    }).IgnoreError();
  }

  void Time(const std::string& name, const std::function<void()>& call) {
    const std::size_t stored = ids_.size();
    std::vector<double> micros;
    for (int i = 0; i < kCalls; ++i) {
      const auto start = std::chrono::steady_clock::now();
      call();
      micros.push_back(std::chrono::duration<double, std::micro>(
                           std::chrono::steady_clock::now() - start)
                           .count());
    }
    std::sort(micros.begin(), micros.end());
    const double p50 = micros[kCalls / 2];
    const double p99 = micros[kCalls * 99 / 100];
    const auto& first = first_.try_emplace(name, p50, p99).first->second;
    std::printf(
        "%-18s %9zu webhooks  p50 %7.1f us (x %.2f)  p99 %7.1f us (x %.2f)\n",
        name.c_str(), stored, p50, p50 / first.first, p99, p99 / first.second);
  }

  testing::TempFolder folder_;
  std::unique_ptr<Store> store_ =
      OpenStore(absl::StrCat("sqlite:", folder_.Path("webhooks.db")),
                testing::Always())
          .value();
  SystemEntropy entropy_;
  std::string project_;
  std::vector<std::string> ids_;
  std::map<std::string, std::pair<double, double>> first_;
};

}  // namespace
}  // namespace webhooks

int main() {
  webhooks::Scale scale;
  for (const int size : webhooks::kSizes) {
    scale.FillTo(size);
    scale.Measure();
  }
}
