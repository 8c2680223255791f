#include "storage/transfer.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "storage/open.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks {
namespace {

using testing::IsOk;
using testing::PostgresCluster;
using testing::StatusIs;

constexpr absl::Duration kPatience = absl::Minutes(1);

std::unique_ptr<Store> Open(const std::string& url) {
  auto store = OpenStore(url, testing::Always());
  EXPECT_THAT(store, IsOk());
  return *std::move(store);
}

// Returns a stream of a project with events that wait for `webhook`, or of the
// database that has nothing else.
std::string MakeStream(const v1::Webhook& webhook, bool of_project = true) {
  const testing::TempFolder folder;
  const std::string url = "sqlite:" + folder.Path("webhooks.db");
  const std::unique_ptr<Store> store = Open(url);
  testing::ProjectAndKey made = testing::MakeProject();
  made.project.set_id_project(webhook.id_project());
  made.key.set_id_project(webhook.id_project());
  EXPECT_THAT(testing::CreateProject(*store, made.project, made.key, made.hash),
              IsOk());
  EXPECT_THAT(testing::CreateWebhook(*store, webhook), IsOk());
  for (int i = 0; i < 3; ++i) {
    v1::Event event;
    event.set_id_project(webhook.id_project());
    event.set_id_event(testing::NewId());
    event.set_type(webhook.scope(0));
    *event.mutable_created_at() = ToTimestamp(absl::Now());
    EXPECT_THAT(Await<Created<v1::PublishEventResponse>>([&](auto done) {
                  store->PublishEvent(event, std::nullopt, {}, done);
                }),
                IsOk());
  }
  std::string stream;
  EXPECT_THAT(
      ExportStore(url, of_project ? webhook.id_project() : "", absl::Now(),
                  [&](absl::string_view bytes) {
                    absl::StrAppend(&stream, bytes);
                    return absl::OkStatus();
                  }),
      IsOk());
  return stream;
}

// Returns a source of `stream`, which must outlive it, in small parts. Calls
// `before_last` before the last part.
ByteSource SourceOf(
    const std::string& stream, std::function<void()> before_last = [] {}) {
  return [rest = absl::string_view(stream), before_last](
             absl::Span<char> buffer) mutable -> absl::StatusOr<std::size_t> {
    constexpr std::size_t kPart = 100;
    if (!rest.empty() && rest.size() <= kPart) before_last();
    const std::size_t size = std::min({buffer.size(), rest.size(), kPart});
    std::copy_n(rest.begin(), size, buffer.begin());
    rest.remove_prefix(size);
    return size;
  };
}

TEST(ImportIntoPostgres, TellsTheServerOfTheProjectsDeliveries) {
  if (!PostgresCluster::IsInstalled()) GTEST_SKIP() << "no PostgreSQL";
  const v1::Webhook webhook = testing::MakeWebhook(testing::NewId());
  const std::string stream = MakeStream(webhook);
  const std::string url = PostgresCluster::Shared().CreateDatabase();
  const std::unique_ptr<Store> store = Open(url);
  absl::Notification is_told;
  store->Watch([&](const EndpointDue& due) {
    if (due.endpoint.webhook == webhook.id_webhook_endpoint() &&
        !is_told.HasBeenNotified()) {
      is_told.Notify();
    }
  });
  ASSERT_THAT(ImportStore(url, SourceOf(stream), testing::Always()), IsOk());
  EXPECT_TRUE(is_told.WaitForNotificationWithTimeout(kPatience));
  store->Watch(nullptr);
}

TEST(ImportIntoPostgres, WaitsForASlowStream) {
  if (!PostgresCluster::IsInstalled()) GTEST_SKIP() << "no PostgreSQL";
  const std::string stream = MakeStream(testing::MakeWebhook(testing::NewId()));
  const std::string url = PostgresCluster::Shared().CreateDatabase();
  // Longer than a server's transaction may be idle.
  const auto stall = [&] {
    PostgresCluster::Run(
        url,
        "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_stat_activity"
        " WHERE state = 'idle in transaction' AND"
        " clock_timestamp() - state_change > '5.2 s')"
        " AND EXISTS (SELECT FROM pg_stat_activity"
        " WHERE state = 'idle in transaction') LOOP"
        " PERFORM pg_sleep(0.05); PERFORM pg_stat_clear_snapshot();"
        " END LOOP; END $$");
  };
  EXPECT_THAT(ImportStore(url, SourceOf(stream, stall), testing::Always()),
              IsOk());
}

TEST(ImportIntoPostgres, LetsNoServerWithAnotherKeyStartMeanwhile) {
  if (!PostgresCluster::IsInstalled()) GTEST_SKIP() << "no PostgreSQL";
  const std::string stream =
      MakeStream(testing::MakeWebhook(testing::NewId()), /*of_project=*/false);
  const std::string url = PostgresCluster::Shared().CreateDatabase();
  const auto start = [&] {
    EXPECT_THAT(OpenStore(url, testing::Always({testing::TestKey(2)})),
                StatusIs(absl::StatusCode::kUnavailable));
  };
  EXPECT_THAT(ImportStore(url, SourceOf(stream, start), testing::Always()),
              IsOk());
  EXPECT_THAT(OpenStore(url, testing::Always({testing::TestKey(2)})),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(OpenStore(url, testing::Always()), IsOk());
}

TEST(ImportIntoPostgres, LeavesADatabaseToAnyKeyIfItFails) {
  if (!PostgresCluster::IsInstalled()) GTEST_SKIP() << "no PostgreSQL";
  const std::string stream = MakeStream(testing::MakeWebhook(testing::NewId()));
  const std::string part = stream.substr(0, stream.size() - 1);
  const std::string url = PostgresCluster::Shared().CreateDatabase();
  EXPECT_THAT(ImportStore(url, SourceOf(part), testing::Always()),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(OpenStore(url, testing::Always({testing::TestKey(2)})), IsOk());
}

TEST(ImportIntoPostgres, PassesTheSeqsOfTheEvents) {
  if (!PostgresCluster::IsInstalled()) GTEST_SKIP() << "no PostgreSQL";
  for (const bool of_project : {false, true}) {
    const std::string stream =
        MakeStream(testing::MakeWebhook(testing::NewId()), of_project);
    const std::string url = PostgresCluster::Shared().CreateDatabase();
    ASSERT_THAT(ImportStore(url, SourceOf(stream), testing::Always()), IsOk());
    EXPECT_EQ(PostgresCluster::Run(url,
                                   "SELECT nextval('webhooks.event_seq') >"
                                   " (SELECT max(seq) FROM webhooks.events)"),
              "t");
  }
}

}  // namespace
}  // namespace webhooks
