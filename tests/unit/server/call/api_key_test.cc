#include "server/call/api_key.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_entropy.h"

namespace webhooks::server {
namespace {

using ::testing::MatchesRegex;

TEST(ApiKey, HasAFormThatSecretScannersFind) {
  testing::FakeEntropy entropy;
  EXPECT_THAT(MakeApiKey(entropy), MatchesRegex("whk_[0-9A-Za-z]{49}"));
}

TEST(ApiKey, IsDifferentEachTime) {
  SystemEntropy entropy;
  EXPECT_NE(MakeApiKey(entropy), MakeApiKey(entropy));
}

TEST(ApiKey, IsRecognised) {
  SystemEntropy entropy;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(IsApiKey(MakeApiKey(entropy)));
}

TEST(ApiKey, DetectsATypoInAnyCharacter) {
  testing::FakeEntropy entropy;
  const std::string key = MakeApiKey(entropy);
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string mistyped = key;
    mistyped[i] = mistyped[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(IsApiKey(mistyped)) << mistyped;
  }
}

TEST(ApiKey, IsNotRecognisedInAnotherForm) {
  testing::FakeEntropy entropy;
  const std::string key = MakeApiKey(entropy);
  for (const std::string& text :
       {std::string(), std::string("whk_"), key + "0", key.substr(1),
        key.substr(0, key.size() - 1), std::string(53, '-')}) {
    EXPECT_FALSE(IsApiKey(text)) << text;
  }
}

// "abc" is the example of FIPS 180-4.
TEST(ApiKey, IsHashedWithSha256) {
  const ApiKeyHash hash = HashApiKey("abc");
  EXPECT_EQ(hash[0], 0xba);
  EXPECT_EQ(hash[1], 0x78);
  EXPECT_EQ(hash[31], 0xad);
}

}  // namespace
}  // namespace webhooks::server
