#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "storage/uuid.h"
#include "tests/contract/backend.h"
#include "tests/support/eventually.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

using ::testing::SizeIs;

class StoreServers : public StoreContract {
 protected:
  // Returns the only server.
  v1::Server Listed() {
    const auto servers = ListServers(*store_);
    EXPECT_THAT(servers, IsOk());
    EXPECT_THAT(*servers, SizeIs(1));
    return servers->at(0);
  }
};

TEST_P(StoreServers, HaveTheOneWhoseStoreItIs) {
  self_.set_name("here");
  self_.set_version("1.2.3");
  *self_.mutable_started_at() = ToTimestamp(kNow);
  Reopen();
  const v1::Server listed = Listed();
  EXPECT_TRUE(ParseUuid(listed.id_server()).has_value());
  EXPECT_EQ(listed.name(), "here");
  EXPECT_EQ(listed.version(), "1.2.3");
  EXPECT_EQ(FromTimestamp(listed.started_at()), kNow);
  EXPECT_TRUE(listed.delivers());
  EXPECT_TRUE(listed.answering());
  EXPECT_FALSE(listed.leaving());
  EXPECT_EQ(store_->CountServers(), 1);
}

TEST_P(StoreServers, KeepTheirIdsUntilTheyStartAgain) {
  const std::string id = Listed().id_server();
  EXPECT_EQ(Listed().id_server(), id);
  Reopen();
  EXPECT_NE(Listed().id_server(), id);
}

TEST_P(StoreServers, SayThatTheyDoNotDeliver) {
  self_.set_delivers(false);
  Reopen();
  EXPECT_FALSE(Listed().delivers());
  EXPECT_EQ(Listed().shards(), 0);
}

TEST_P(StoreServers, SayThatTheyLeave) {
  store_->BeginLeaving();
  EXPECT_TRUE(Eventually([&] { return Listed().leaving(); }));
  EXPECT_EQ(store_->CountServers(), 1);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreServers,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
