#include "storage/postgres/membership/membership.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
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

using ::testing::ElementsAre;
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

  // Adds a server that does not beat any more.
  void InsertDeadServer(absl::Duration interval = absl::Milliseconds(100),
                        int beat = 7) {
    PostgresCluster::Run(
        url_,
        absl::StrCat("INSERT INTO webhooks.servers"
                     " (id, name, beat, delivers, beat_interval) VALUES"
                     " (decode(repeat('0', 32), 'hex'), 'dead', ",
                     beat, ", 1, ", absl::ToInt64Milliseconds(interval), ")"));
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

// Keeps what it is told of a membership.
class MembershipObserver final : public StoreObserver {
 public:
  void MembershipChanged(const MembershipState& state) override {
    absl::MutexLock lock(&mutex_);
    state_ = state;
  }
  void MembershipEvents(MembershipEvent event, int count) override {
    absl::MutexLock lock(&mutex_);
    events_[event] += count;
  }
  void DatabaseSeen(const DatabaseState& state) override {
    absl::MutexLock lock(&mutex_);
    database_ = state;
  }
  void ServerChanged(const ServerChange& change) override {
    absl::MutexLock lock(&mutex_);
    changes_.push_back(change);
  }

  MembershipState state() const {
    absl::MutexLock lock(&mutex_);
    return state_;
  }
  DatabaseState database() const {
    absl::MutexLock lock(&mutex_);
    return database_;
  }
  std::vector<ServerChange> changes() const {
    absl::MutexLock lock(&mutex_);
    return changes_;
  }
  std::vector<ServerChange::Kind> kinds() const {
    std::vector<ServerChange::Kind> kinds;
    for (const ServerChange& change : changes()) kinds.push_back(change.kind);
    return kinds;
  }
  int Count(MembershipEvent event) const {
    absl::MutexLock lock(&mutex_);
    const auto found = events_.find(event);
    return found == events_.end() ? 0 : found->second;
  }

 private:
  mutable absl::Mutex mutex_;
  MembershipState state_ ABSL_GUARDED_BY(mutex_);
  DatabaseState database_ ABSL_GUARDED_BY(mutex_);
  std::map<MembershipEvent, int> events_ ABSL_GUARDED_BY(mutex_);
  std::vector<ServerChange> changes_ ABSL_GUARDED_BY(mutex_);
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
  for (const v1::Server& server : List(*first)) {
    EXPECT_EQ(server.state(), server.name() == "first" ? v1::Server::LIVE
                                                       : v1::Server::LEAVING);
  }
  EXPECT_THAT(List(*first), SizeIs(2));
  second.reset();
  EXPECT_THAT(List(*first), SizeIs(1));
}

TEST_F(MembershipTest, TellsSinceWhenAServerIsSilentUntilItIsDeclaredDead) {
  const auto store = Start("first");
  InsertDeadServer();
  absl::Duration oldest;
  bool was_silent = false;
  EXPECT_TRUE(Eventually([&] {
    for (const v1::Server& server : List(*store)) {
      if (server.name() != "dead") continue;
      EXPECT_THAT(server.version(), IsEmpty());
      EXPECT_FALSE(server.has_started_at());
      if (server.state() == v1::Server::SILENT) was_silent = true;
      oldest = std::max(oldest, FromProtoDuration(server.beat_age()));
    }
    return List(*store).size() == 1 && oldest > absl::ZeroDuration();
  }));
  EXPECT_GT(oldest, absl::Milliseconds(100));
  EXPECT_TRUE(was_silent);
}

// Returns true if `store` sees that the older one of two servers has not beaten
// for `time`.
bool IsSilent(Store& store, absl::Duration time) {
  const auto servers = testing::ListServers(store);
  return servers.ok() && servers->size() == 2 &&
         FromProtoDuration(servers->at(0).beat_age()) >= time;
}

TEST_F(MembershipTest, WaitsForTheBeatsOfAServerWithALongerInterval) {
  const auto store = Start("first");
  InsertDeadServer(absl::Hours(1));
  // Longer than the five beats of this server.
  EXPECT_TRUE(Eventually([&] { return IsSilent(*store, absl::Seconds(1)); }));
}

TEST_F(MembershipTest, WaitsForAServerThatStarts) {
  const auto store = Start("first");
  InsertDeadServer(absl::Milliseconds(100), /*beat=*/0);
  EXPECT_TRUE(Eventually([&] { return IsSilent(*store, absl::Seconds(1)); }));
}

TEST_F(MembershipTest, TellsOfTheShardsThatItGainsAndLoses) {
  MembershipObserver observer;
  const auto first = Start("first", observer);
  EXPECT_EQ(observer.state().shards, kShards);
  EXPECT_EQ(observer.state().servers, 1);
  EXPECT_TRUE(observer.state().is_connected);
  EXPECT_EQ(observer.Count(MembershipEvent::kShardGained), kShards);
  EXPECT_EQ(observer.Count(MembershipEvent::kShardLost), 0);
  const auto second = Start("second");
  EXPECT_TRUE(Eventually([&] {
    return observer.state().shards == kShards / 2 &&
           observer.state().servers == 2;
  }));
  EXPECT_EQ(observer.Count(MembershipEvent::kShardLost), kShards / 2);
  EXPECT_EQ(observer.Count(MembershipEvent::kTakeover), 0);
}

TEST_F(MembershipTest, HasNoShardsToTellOfWithoutDeliveries) {
  MembershipObserver observer;
  const auto store = Start("passive", observer, /*delivers=*/false);
  EXPECT_TRUE(observer.state().is_connected);
  EXPECT_FALSE(observer.state().shards.has_value());
}

TEST_F(MembershipTest, TellsThatItHasDeclaredAServerDead) {
  MembershipObserver observer;
  const auto store = Start("first", observer);
  InsertDeadServer();
  EXPECT_TRUE(Eventually(
      [&] { return observer.Count(MembershipEvent::kTakeover) == 1; }));
  EXPECT_TRUE(Eventually([&] { return observer.state().servers == 1; }));
  EXPECT_THAT(List(*store), SizeIs(1));
}

TEST_F(MembershipTest, TellsThatItHasJoinedAndLeft) {
  MembershipObserver observer;
  auto store = Start("first", observer);
  const std::string id = List(*store)[0].id_server();
  store.reset();
  EXPECT_THAT(observer.kinds(), ElementsAre(ServerChange::Kind::kJoined,
                                            ServerChange::Kind::kLeft));
  for (const ServerChange& change : observer.changes()) {
    EXPECT_EQ(change.server, id);
    EXPECT_EQ(change.name, "first");
  }
}

TEST_F(MembershipTest, TellsWhoseShardsAreFree) {
  MembershipObserver observer;
  const auto store = Start("first", observer);
  InsertDeadServer();
  PostgresCluster::Run(url_,
                       "UPDATE webhooks.shards SET owner ="
                       " decode(repeat('0', 32), 'hex') WHERE shard < 7");
  EXPECT_TRUE(Eventually([&] { return observer.kinds().size() == 2; }));
  const ServerChange change = observer.changes()[1];
  EXPECT_EQ(change.kind, ServerChange::Kind::kTakenOver);
  EXPECT_EQ(change.server, "00000000-0000-0000-0000-000000000000");
  EXPECT_EQ(change.name, "dead");
  EXPECT_EQ(change.shards, 7);
}

TEST_F(MembershipTest, TellsThatOthersHaveDeclaredItDead) {
  MembershipObserver observer;
  const auto store = Start("first", observer);
  PostgresCluster::Run(url_, "DELETE FROM webhooks.servers");
  EXPECT_TRUE(Eventually([&] { return observer.kinds().size() == 3; }));
  EXPECT_THAT(observer.kinds(), ElementsAre(ServerChange::Kind::kJoined,
                                            ServerChange::Kind::kExpelled,
                                            ServerChange::Kind::kJoined));
  EXPECT_EQ(observer.changes()[1].server, observer.changes()[0].server);
  EXPECT_NE(observer.changes()[2].server, observer.changes()[0].server);
}

TEST_F(MembershipTest, TellsOnceThatTheDatabaseIsLostAndBack) {
  MembershipObserver observer;
  const auto store = Start("first", observer);
  PostgresCluster::Run(url_, "ALTER TABLE webhooks.servers RENAME TO away");
  EXPECT_TRUE(Eventually(
      [&] { return observer.Count(MembershipEvent::kBeatMissed) > 3; }));
  PostgresCluster::Run(url_, "ALTER TABLE webhooks.away RENAME TO servers");
  EXPECT_TRUE(Eventually([&] { return observer.state().is_connected; }));
  EXPECT_THAT(observer.kinds(), ElementsAre(ServerChange::Kind::kJoined,
                                            ServerChange::Kind::kDatabaseLost,
                                            ServerChange::Kind::kDatabaseBack));
}

TEST_F(MembershipTest, TellsOfBeatsThatFail) {
  MembershipObserver observer;
  const auto store = Start("first", observer);
  PostgresCluster::Run(url_, "ALTER TABLE webhooks.servers RENAME TO away");
  EXPECT_TRUE(Eventually([&] {
    return observer.Count(MembershipEvent::kBeatMissed) > 0 &&
           !observer.state().is_connected && observer.state().shards == 0;
  }));
  PostgresCluster::Run(url_, "ALTER TABLE webhooks.away RENAME TO servers");
  EXPECT_TRUE(Eventually([&] {
    return observer.state().is_connected && observer.state().shards == kShards;
  }));
}

TEST_F(MembershipTest, LooksAtTheDatabaseFromTheServerThatMaintains) {
  MembershipObserver observer;
  MembershipObserver observer_of_second;
  const auto first = Start("first", observer);
  EXPECT_EQ(observer.database().synchronous_standbys, 0);
  EXPECT_FALSE(observer.database().replication_lag.has_value());
  const auto second = Start("second", observer_of_second);
  EXPECT_TRUE(Eventually([&] { return IsShared(*first); }));
  EXPECT_FALSE(observer_of_second.database().live_deliveries.has_value());
  PostgresCluster::Run(
      url_,
      "INSERT INTO webhooks.deliveries (id, project_id, webhook_id, event_seq,"
      " state, queue_at) SELECT decode(lpad(to_hex(n), 32, '0'), 'hex'), '',"
      " '', 1, 3, 0 FROM generate_series(1, 50) n");
  PostgresCluster::Run(url_,
                       "DELETE FROM webhooks.deliveries WHERE"
                       " id < decode(lpad(to_hex(11), 32, '0'), 'hex')");
  EXPECT_TRUE(Eventually([&] {
    return observer.database().live_deliveries == 40 &&
           observer.database().dead_deliveries == 10;
  }));
}

TEST_F(MembershipTest, DoesNotSeeTheStandbysWithoutTheRole) {
  PostgresCluster::Run(url_, "CREATE ROLE poor LOGIN");
  const std::string database =
      PostgresCluster::Run(url_, "SELECT current_database()");
  PostgresCluster::Run(
      url_, absl::StrCat("GRANT CREATE ON DATABASE ", database, " TO poor"));
  url_ = absl::StrReplaceAll(url_, {{"postgres@", "poor@"}});
  MembershipObserver observer;
  const auto store = Start("first", observer);
  EXPECT_TRUE(observer.database().live_deliveries.has_value());
  EXPECT_FALSE(observer.database().synchronous_standbys.has_value());
}

}  // namespace
}  // namespace webhooks::postgres
