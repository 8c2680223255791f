#include "storage/sealing/sealer.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/secret_keys.h"

namespace webhooks {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::TestKey;

TEST(Sealer, OpensWhatItSealed) {
  const Sealer sealer({TestKey()});
  for (const std::string text : {"", "whsec_secret", "\0\xff"}) {
    EXPECT_EQ(sealer.Open(sealer.Seal(text, "owner"), "owner"), text);
  }
}

TEST(Sealer, HidesTheTextAndNeverRepeatsAResult) {
  const Sealer sealer({TestKey()});
  const std::string sealed = sealer.Seal("whsec_secret", "owner");
  EXPECT_THAT(sealed, Not(HasSubstr("secret")));
  EXPECT_NE(sealed, sealer.Seal("whsec_secret", "owner"));
}

TEST(Sealer, OpensNoTextOfAnotherOwner) {
  const Sealer sealer({TestKey()});
  EXPECT_EQ(sealer.Open(sealer.Seal("text", "owner"), "other"), std::nullopt);
}

TEST(Sealer, OpensNoTextThatWasChanged) {
  const Sealer sealer({TestKey()});
  const std::string sealed = sealer.Seal("text", "owner");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(sealer.Open(changed, "owner"), std::nullopt) << i;
    EXPECT_EQ(sealer.Open(sealed.substr(0, i), "owner"), std::nullopt) << i;
  }
}

TEST(Sealer, SealsUnderTheFirstKeyAndOpensUnderAll) {
  const Sealer old({TestKey(1)});
  const Sealer both({TestKey(2), TestKey(1)});
  const std::string before = old.Seal("text", "owner");
  EXPECT_EQ(both.Open(before, "owner"), "text");
  EXPECT_FALSE(both.IsNewest(before));
  const std::string after = both.Seal("text", "owner");
  EXPECT_TRUE(both.IsNewest(after));
  EXPECT_EQ(old.Open(after, "owner"), std::nullopt);
}

TEST(Sealer, UsesTheKeysThatReplaceOthers) {
  Sealer sealer({TestKey(1)});
  const std::string before = sealer.Seal("text", "owner");
  sealer.Replace({TestKey(2), TestKey(1)});
  EXPECT_EQ(sealer.Open(before, "owner"), "text");
  EXPECT_FALSE(sealer.IsNewest(before));
  EXPECT_EQ(sealer.sealing_key(), TestKey(2).id());
  sealer.Replace({TestKey(2)});
  EXPECT_EQ(sealer.Open(before, "owner"), std::nullopt);
}

}  // namespace
}  // namespace webhooks
