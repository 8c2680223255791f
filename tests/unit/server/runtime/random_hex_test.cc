#include "server/runtime/random_hex.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace webhooks {
namespace {

TEST(RandomHex, HasTheGivenNumberOfDigits) {
  for (const std::size_t digits : {0, 1, 16, 17, 32}) {
    const std::string hex = RandomHex(digits);
    EXPECT_EQ(hex.size(), digits);
    EXPECT_EQ(hex.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST(RandomHex, IsDifferentEachTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(RandomHex(32));
  EXPECT_EQ(seen.size(), 10'000u);
}

}  // namespace
}  // namespace webhooks
