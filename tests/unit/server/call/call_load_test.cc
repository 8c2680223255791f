#include "server/call/call_load.h"

#include "gtest/gtest.h"
#include "tests/support/fake_call_observer.h"

namespace webhooks::server {
namespace {

TEST(CallLoad, KnowsAConnectionThatHadTheCallBefore) {
  const testing::FakeCallConnection first;
  const testing::FakeCallConnection second;
  CallLoad load;
  load.StartCall(&first);
  EXPECT_TRUE(load.StartCall(&first));
  EXPECT_FALSE(load.StartCall(&second));
  EXPECT_FALSE(load.StartCall(&first));
  EXPECT_TRUE(load.StartCall(&first));
}

TEST(CallLoad, TakesUnknownConnectionsForDifferentOnes) {
  CallLoad load;
  load.StartCall(nullptr);
  EXPECT_FALSE(load.StartCall(nullptr));
}

TEST(CallLoad, IsLowWhileOneCallIsOpen) {
  CallLoad load;
  load.StartCall(nullptr);
  EXPECT_TRUE(load.IsLow());
  load.StartCall(nullptr);
  EXPECT_FALSE(load.IsLow());
  load.FinishCall();
  EXPECT_TRUE(load.IsLow());
}

}  // namespace
}  // namespace webhooks::server
