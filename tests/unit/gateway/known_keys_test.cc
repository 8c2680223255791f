#include "gateway/known_keys.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

class KnownKeysTest : public ::testing::Test {
 protected:
  KnownKeys::Clock::time_point now_;
  KnownKeys keys_{[this] { return now_; }};
};

TEST_F(KnownKeysTest, ContainTheAddedKeys) {
  EXPECT_FALSE(keys_.Contains("a"));
  keys_.Add("a");
  EXPECT_TRUE(keys_.Contains("a"));
  EXPECT_FALSE(keys_.Contains("b"));
}

TEST_F(KnownKeysTest, AreKnownForAWhile) {
  keys_.Add("a");
  now_ += KnownKeys::kTrust;
  EXPECT_FALSE(keys_.Contains("a"));
  keys_.Add("a");
  EXPECT_TRUE(keys_.Contains("a"));
}

TEST_F(KnownKeysTest, AreNotMoreThanTheLimit) {
  keys_.Add("old");
  now_ += KnownKeys::kTrust / 2;
  for (std::size_t i = 1; i < KnownKeys::kMaxKeys; ++i) {
    keys_.Add(absl::StrCat(i));
  }
  EXPECT_TRUE(keys_.Contains("old"));
  now_ += KnownKeys::kTrust / 2;
  // Removes only the key whose trust has ended.
  keys_.Add("new");
  EXPECT_TRUE(keys_.Contains("1"));
  // Removes all keys, because none has ended.
  keys_.Add("newer");
  EXPECT_FALSE(keys_.Contains("1"));
  EXPECT_TRUE(keys_.Contains("newer"));
}

}  // namespace
}  // namespace webhooks::gateway
