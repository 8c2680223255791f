#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "tests/contract/backend.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// The secrets of webhooks, and the keys that seal them.
class StoreSecrets : public StoreContract {
 protected:
  absl::StatusOr<v1::Webhook> Rotate(const v1::Webhook& webhook,
                                     const std::string& secret,
                                     absl::Duration overlap = absl::Hours(24),
                                     absl::Time now = kNow,
                                     const std::string& etag = "") {
    const SecretRotation rotation{webhook.id_webhook_endpoint(), etag, secret,
                                  overlap, now};
    return AnswerOf(Await<Created<v1::Webhook>>([&](auto done) {
      store_->RotateSecret(webhook.id_project(), rotation, std::nullopt, {},
                           done);
    }));
  }

  absl::StatusOr<v1::WebhookSecrets> GetSecrets(const std::string& project,
                                                const std::string& id,
                                                absl::Time now) {
    return Await<v1::WebhookSecrets>(
        [&](auto done) { store_->GetSecrets(project, id, now, {}, done); });
  }

  std::vector<std::string> SecretsAt(const v1::Webhook& webhook,
                                     absl::Time now) {
    const auto secrets =
        GetSecrets(webhook.id_project(), webhook.id_webhook_endpoint(), now);
    EXPECT_THAT(secrets, IsOk());
    std::vector<std::string> texts;
    for (const auto& secret : secrets->secrets()) {
      texts.push_back(secret.secret());
    }
    return texts;
  }

  // Creates more webhooks than one step of maintenance seals.
  std::vector<v1::Webhook> NewWebhooks(const std::string& project) {
    constexpr int kCount = 450;
    std::vector<v1::Webhook> webhooks;
    webhooks.reserve(kCount);
    for (int i = 0; i < kCount; ++i) webhooks.push_back(NewWebhook(project));
    return webhooks;
  }

  absl::Status ReplaceKeys(const SecretKeys& keys) {
    return AwaitStatus(
        [&](auto done) { store_->ReplaceSecretKeys(keys, {}, done); });
  }

  std::vector<SecretKey::Id> UnusedKeys() {
    const auto ids = Await<std::vector<SecretKey::Id>>(
        [&](auto done) { store_->ListUnusedKeys({}, done); });
    EXPECT_THAT(ids, IsOk());
    return *ids;
  }

  absl::StatusOr<bool> MaintainOnce() {
    return Await<bool>(
        [&](auto done) { store_->Maintain(kNow, kRetention, {}, done); });
  }

  // Runs maintenance until it has nothing more to do.
  void Maintain() {
    absl::StatusOr<bool> more = true;
    while (more.ok() && *more) more = MaintainOnce();
    EXPECT_THAT(more, IsOk());
  }
};

TEST_P(StoreSecrets, ANewWebhookHasOneWithoutAnEnd) {
  const v1::Webhook webhook = NewWebhook();
  const auto secrets =
      GetSecrets(webhook.id_project(), webhook.id_webhook_endpoint(), kNow);
  ASSERT_THAT(secrets, IsOk());
  ASSERT_EQ(secrets->secrets_size(), 1);
  EXPECT_EQ(secrets->secrets(0).secret(), webhook.secret());
  EXPECT_EQ(secrets->secrets(0).created_at().seconds(),
            webhook.created_at().seconds());
  EXPECT_FALSE(secrets->secrets(0).has_expires_at());
}

TEST_P(StoreSecrets, RotatingPutsTheNewOneFirstAndEndsTheOldOne) {
  const v1::Webhook webhook = NewWebhook();
  const auto rotated = Rotate(webhook, "whsec_new", absl::Hours(2));
  ASSERT_THAT(rotated, IsOk());
  EXPECT_EQ(rotated->secret(), "whsec_new");
  EXPECT_NE(rotated->etag(), webhook.etag());
  EXPECT_EQ(FromTimestamp(rotated->last_update()), kNow);
  EXPECT_THAT(SecretsAt(webhook, kNow),
              ElementsAre("whsec_new", webhook.secret()));
  EXPECT_THAT(SecretsAt(webhook, kNow + absl::Hours(2)),
              ElementsAre("whsec_new"));
  EXPECT_EQ(
      GetWebhook(*store_, webhook.id_project(), webhook.id_webhook_endpoint())
          ->SerializeAsString(),
      rotated->SerializeAsString());
}

TEST_P(StoreSecrets, WithoutOverlapTheOldOnesEndAtOnce) {
  const v1::Webhook webhook = NewWebhook();
  ASSERT_THAT(Rotate(webhook, "whsec_2"), IsOk());
  ASSERT_THAT(Rotate(webhook, "whsec_3", absl::ZeroDuration()), IsOk());
  EXPECT_THAT(SecretsAt(webhook, kNow), ElementsAre("whsec_3"));
}

TEST_P(StoreSecrets, ARotationDoesNotProlongAnOlderOne) {
  const v1::Webhook webhook = NewWebhook();
  ASSERT_THAT(Rotate(webhook, "whsec_2", absl::Hours(1)), IsOk());
  ASSERT_THAT(Rotate(webhook, "whsec_3", absl::Hours(5)), IsOk());
  EXPECT_THAT(SecretsAt(webhook, kNow + absl::Hours(1)),
              ElementsAre("whsec_3", "whsec_2"));
}

TEST_P(StoreSecrets, AtMostFiveAreInForce) {
  const v1::Webhook webhook = NewWebhook();
  for (int i = 2; i <= 5; ++i) {
    ASSERT_THAT(Rotate(webhook, absl::StrCat("whsec_", i)), IsOk());
  }
  EXPECT_THAT(
      Rotate(webhook, "whsec_6"),
      StatusIs(absl::StatusCode::kFailedPrecondition, "TOO_MANY_SECRETS"));
  EXPECT_EQ(SecretsAt(webhook, kNow).size(), 5u);
  EXPECT_THAT(
      Rotate(webhook, "whsec_6", absl::Hours(24), kNow + absl::Hours(24)),
      IsOk());
}

TEST_P(StoreSecrets, AStaleEtagRotatesNothing) {
  const v1::Webhook webhook = NewWebhook();
  ASSERT_THAT(Rotate(webhook, "whsec_2"), IsOk());
  EXPECT_THAT(Rotate(webhook, "whsec_3", absl::Hours(1), kNow, webhook.etag()),
              StatusIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(SecretsAt(webhook, kNow),
              ElementsAre("whsec_2", webhook.secret()));
}

TEST_P(StoreSecrets, OfAnotherProjectAreNotFound) {
  v1::Webhook webhook = NewWebhook();
  const std::string stranger = NewProject();
  EXPECT_THAT(GetSecrets(stranger, webhook.id_webhook_endpoint(), kNow),
              StatusIs(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND"));
  webhook.set_id_project(stranger);
  EXPECT_THAT(Rotate(webhook, "whsec_2"),
              StatusIs(absl::StatusCode::kNotFound, "WEBHOOK_NOT_FOUND"));
}

TEST_P(StoreSecrets, SurviveAReopening) {
  const v1::Webhook webhook = NewWebhook();
  ASSERT_THAT(Rotate(webhook, "whsec_2"), IsOk());
  Reopen();
  EXPECT_THAT(SecretsAt(webhook, kNow),
              ElementsAre("whsec_2", webhook.secret()));
}

TEST_P(StoreSecrets, AStoreIsNotOpenedWithoutTheirKey) {
  NewWebhook();
  store_.reset();
  EXPECT_THAT(TryOpen({TestKey(2)}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(TryOpen({TestKey(2), TestKey(1)}).status(), IsOk());
}

TEST_P(StoreSecrets, AreSealedAgainUnderTheFirstKeyByMaintenance) {
  const std::string project = NewProject();
  const std::vector<v1::Webhook> webhooks = NewWebhooks(project);
  Reopen({TestKey(2), TestKey(1)});
  const v1::Webhook between = NewWebhook(project);
  Maintain();
  Reopen({TestKey(2)});
  for (const v1::Webhook& webhook : webhooks) {
    EXPECT_THAT(SecretsAt(webhook, kNow), ElementsAre(webhook.secret()));
  }
  EXPECT_THAT(SecretsAt(between, kNow), ElementsAre(between.secret()));
}

TEST_P(StoreSecrets, AreSealedAgainTogetherWithSettings) {
  v1::Webhook webhook = MakeWebhook(NewProject());
  (*webhook.mutable_delivery()->mutable_headers())["Authorization"] = "token";
  const auto created = CreateWebhook(*store_, webhook);
  ASSERT_THAT(created, IsOk());
  Reopen({TestKey(2), TestKey(1)});
  Maintain();
  Reopen({TestKey(2)});
  const auto read =
      GetWebhook(*store_, webhook.id_project(), webhook.id_webhook_endpoint());
  ASSERT_THAT(read, IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(*read, *created));
}

TEST_P(StoreSecrets, WrittenBetweenTheStepsOfSealingAreKept) {
  const std::string project = NewProject();
  std::vector<v1::Webhook> webhooks = NewWebhooks(project);
  Reopen({TestKey(2), TestKey(1)});
  for (std::size_t i = 0; *MaintainOnce(); ++i) {
    // Changes a webhook that is sealed and one that may not be, and adds a new
    // one.
    for (const std::size_t changed : {i, webhooks.size() - 1 - i}) {
      const std::string secret = absl::StrCat("whsec_", i, "_", changed);
      ASSERT_THAT(Rotate(webhooks[changed], secret, absl::ZeroDuration()),
                  IsOk());
      webhooks[changed].set_secret(secret);
    }
    webhooks.push_back(NewWebhook(project));
  }
  ASSERT_GT(webhooks.size(), 451u);
  Reopen({TestKey(2)});
  for (const v1::Webhook& webhook : webhooks) {
    EXPECT_THAT(SecretsAt(webhook, kNow), ElementsAre(webhook.secret()));
  }
}

TEST_P(StoreSecrets, NeedTheOldKeyUntilTheyAreSealedAgain) {
  NewWebhook();
  Reopen({TestKey(2), TestKey(1)});
  store_.reset();
  EXPECT_THAT(TryOpen({TestKey(2)}).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(StoreSecrets, LeaveUnusedKeysThatAreListed) {
  NewWebhook();
  EXPECT_THAT(UnusedKeys(), IsEmpty());
  Reopen({TestKey(2), TestKey(1), TestKey(3)});
  EXPECT_THAT(UnusedKeys(), ElementsAre(TestKey(3).id()));
  Maintain();
  EXPECT_THAT(UnusedKeys(),
              UnorderedElementsAre(TestKey(1).id(), TestKey(3).id()));
  Reopen({TestKey(2)});
  EXPECT_THAT(UnusedKeys(), IsEmpty());
}

TEST_P(StoreSecrets, AreSealedUnderKeysThatReplaceOthers) {
  const std::string project = NewProject();
  const std::vector<v1::Webhook> webhooks = NewWebhooks(project);
  ASSERT_THAT(ReplaceKeys({TestKey(2), TestKey(1)}), IsOk());
  const v1::Webhook between = NewWebhook(project);
  EXPECT_THAT(SecretsAt(webhooks[0], kNow), ElementsAre(webhooks[0].secret()));
  Maintain();
  EXPECT_THAT(UnusedKeys(), ElementsAre(TestKey(1).id()));
  ASSERT_THAT(ReplaceKeys({TestKey(2)}), IsOk());
  EXPECT_THAT(SecretsAt(webhooks[0], kNow), ElementsAre(webhooks[0].secret()));
  Reopen({TestKey(2)});
  for (const v1::Webhook& webhook : webhooks) {
    EXPECT_THAT(SecretsAt(webhook, kNow), ElementsAre(webhook.secret()));
  }
  EXPECT_THAT(SecretsAt(between, kNow), ElementsAre(between.secret()));
}

TEST_P(StoreSecrets, KeepTheirKeysIfOneOfThemIsNotAmongTheNewOnes) {
  const v1::Webhook webhook = NewWebhook();
  const absl::Status refused = ReplaceKeys({TestKey(2)});
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr(FormatKeyId(TestKey(1).id())));
  EXPECT_THAT(SecretsAt(webhook, kNow), ElementsAre(webhook.secret()));
  Maintain();
  Reopen({TestKey(1)});
  EXPECT_THAT(SecretsAt(webhook, kNow), ElementsAre(webhook.secret()));
  // Nothing needs the key that was refused.
  EXPECT_THAT(UnusedKeys(), IsEmpty());
}

// Replaces the keys at each step of sealing, in the same transactions.
TEST_P(StoreSecrets, AreNotLostIfKeysChangeWhileTheyAreSealed) {
  const std::string project = NewProject();
  const std::vector<v1::Webhook> webhooks = NewWebhooks(project);
  SecretKeys keys = {TestKey(1)};
  for (std::uint8_t name = 2; name < 12; ++name) {
    keys.insert(keys.begin(), TestKey(name));
    Pending<absl::StatusOr<bool>> before;
    Pending<absl::Status> replaced;
    Pending<absl::StatusOr<bool>> after;
    store_->Maintain(kNow, kRetention, {}, before.Completion());
    store_->ReplaceSecretKeys(keys, {}, replaced.Completion());
    store_->Maintain(kNow, kRetention, {}, after.Completion());
    EXPECT_THAT(before.Get(), IsOk());
    EXPECT_THAT(replaced.Get(), IsOk());
    EXPECT_THAT(after.Get(), IsOk());
    if (name % 3 == 0) Maintain();
  }
  Maintain();
  Reopen({keys.front()});
  for (const v1::Webhook& webhook : webhooks) {
    EXPECT_THAT(SecretsAt(webhook, kNow), ElementsAre(webhook.secret()));
  }
}

INSTANTIATE_TEST_SUITE_P(Every, StoreSecrets,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing
