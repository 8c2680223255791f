#include "storage/postgres/membership/membership.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "storage/open.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::postgres {
namespace {

using testing::Eventually;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::PostgresCluster;
using ::testing::SizeIs;

// Servers of one database, each with its store.
class MembershipTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::IsInstalled()) {
      GTEST_SKIP() << "PostgreSQL is not installed";
    }
    url_ = PostgresCluster::Shared().CreateDatabase();
  }

  std::unique_ptr<Store> Start(const std::string& name,
                               StoreObserver& observer = StoreObserver::None(),
                               bool delivers = true) {
    v1::Server self;
    self.set_name(name);
    self.set_delivers(delivers);
    auto store = OpenStore(url_ + "&beat=100ms", testing::Always(), observer,
                           &SteadyNow, self);
    EXPECT_THAT(store, IsOk());
    return *std::move(store);
  }

  // Adds a server as a version of schema 1 does. It never beats.
  void InsertDeadServer() {
    PostgresCluster::Run(
        url_,
        "INSERT INTO webhooks.servers (id, name, beat, delivers)"
        " VALUES (decode(repeat('0', 32), 'hex'), 'dead', 7, 1)");
  }

  static std::vector<v1::Server> List(Store& store) {
    const auto servers = testing::ListServers(store);
    EXPECT_THAT(servers, IsOk());
    return *servers;
  }

  // Returns true if both servers have their half of the shards.
  static bool IsShared(Store& store) {
    const auto servers = List(store);
    return servers.size() == 2 && servers[0].shards() == kShards / 2 &&
           servers[1].shards() == kShards / 2;
  }

  std::string url_;
};

TEST_F(MembershipTest, ListsAllServersWithTheirShards) {
  const auto first = Start("first");
  const auto second = Start("second");
  EXPECT_TRUE(Eventually([&] { return IsShared(*first); }));
  EXPECT_TRUE(Eventually([&] { return first->CountServers() == 2; }));
  for (const auto* store : {&first, &second}) {
    for (const v1::Server& server : List(**store)) {
      const bool is_own = (server.name() == "first") == (store == &first);
      EXPECT_EQ(server.answering(), is_own) << server.DebugString();
    }
  }
}

TEST_F(MembershipTest, CountsTheServersThatStay) {
  const auto first = Start("first");
  auto second = Start("second");
  EXPECT_TRUE(Eventually([&] { return first->CountServers() == 2; }));
  second->BeginLeaving();
  EXPECT_TRUE(Eventually([&] { return first->CountServers() == 1; }));
  EXPECT_THAT(List(*first), SizeIs(2));
  second.reset();
  EXPECT_THAT(List(*first), SizeIs(1));
}

TEST_F(MembershipTest, TellsSinceWhenAServerIsSilentUntilItIsDeclaredDead) {
  const auto store = Start("first");
  InsertDeadServer();
  absl::Duration oldest;
  EXPECT_TRUE(Eventually([&] {
    for (const v1::Server& server : List(*store)) {
      if (server.name() != "dead") continue;
      EXPECT_THAT(server.version(), IsEmpty());
      EXPECT_FALSE(server.has_started_at());
      oldest = std::max(oldest, FromProtoDuration(server.beat_age()));
    }
    return List(*store).size() == 1 && oldest > absl::ZeroDuration();
  }));
  EXPECT_GT(oldest, absl::Milliseconds(100));
}

}  // namespace
}  // namespace webhooks::postgres
