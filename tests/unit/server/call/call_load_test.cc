#include "server/call/call_load.h"

#include "gtest/gtest.h"
#include "tests/support/fake_call_observer.h"

namespace webhooks::server {
namespace {

TEST(CallLoad, KnowsAConnectionThatHadTheCallBefore) {
  const testing::FakeCallConnection first;
  const testing::FakeCallConnection second;
  CallLoad load;
  load.Begin(&first);
  EXPECT_TRUE(load.Begin(&first));
  EXPECT_FALSE(load.Begin(&second));
  EXPECT_FALSE(load.Begin(&first));
  EXPECT_TRUE(load.Begin(&first));
}

TEST(CallLoad, IsLowWhileOneCallIsOpen) {
  CallLoad load;
  load.Begin(nullptr);
  EXPECT_TRUE(load.IsLow());
  load.Begin(nullptr);
  EXPECT_FALSE(load.IsLow());
  load.End();
  EXPECT_TRUE(load.IsLow());
}

}  // namespace
}  // namespace webhooks::server
