#include "server/runtime/address.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

TEST(ParseAddresses, ReadsEveryForm) {
  const auto addresses = ParseAddresses("127.0.0.1:8080,[::1]:80,localhost:0");
  ASSERT_TRUE(addresses.ok());
  ASSERT_EQ(addresses->size(), 3u);
  EXPECT_EQ((*addresses)[0].host, "127.0.0.1");
  EXPECT_EQ((*addresses)[0].port, "8080");
  EXPECT_EQ((*addresses)[1].host, "::1");
  EXPECT_EQ((*addresses)[2].host, "localhost");
  EXPECT_EQ((*addresses)[2].port, "0");
}

TEST(ParseAddresses, RefusesEverythingElse) {
  for (const char* text :
       {"", "8080", ":8080", "a", "a:", "a:b", "a:65536", "a:-1", "::1:80",
        "[::1:80", "[]:80", "a:80,", "a:80,,b:80"}) {
    EXPECT_EQ(ParseAddresses(text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

}  // namespace
}  // namespace webhooks
