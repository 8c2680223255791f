#include "storage/sealed_secrets.h"

#include "gtest/gtest.h"
#include "storage/uuid.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"

namespace webhooks {
namespace {

class SealedSecretsTest : public ::testing::Test {
 protected:
  const Sealer sealer_{{testing::TestKey()}};
  const v1::Webhook webhook_ = testing::MakeWebhook(testing::NewId());
  const std::string id_ = UuidBytes(webhook_.id_webhook_endpoint());
  const std::string other_id_ = UuidBytes(testing::NewId());
};

TEST_F(SealedSecretsTest, AreOpenedForTheirWebhookOnly) {
  const std::string sealed = SealFirstSecret(sealer_, webhook_);
  const auto opened = OpenSecrets(sealer_, sealed, id_);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->secrets(0).secret(), webhook_.secret());
  EXPECT_EQ(OpenSecrets(sealer_, sealed, other_id_), std::nullopt);
}

TEST_F(SealedSecretsTest, AreNeverEmpty) {
  const std::string sealed =
      SealSecrets(sealer_, {}, webhook_.id_webhook_endpoint());
  EXPECT_EQ(OpenSecrets(sealer_, sealed, id_), std::nullopt);
}

TEST_F(SealedSecretsTest, AreNoSettings) {
  const std::string settings = SealSettings(sealer_, "settings", id_);
  EXPECT_EQ(OpenSettings(sealer_, settings, id_), "settings");
  EXPECT_EQ(OpenSecrets(sealer_, settings, id_), std::nullopt);
}

}  // namespace
}  // namespace webhooks
