#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/backend.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

// Idempotent calls.
class StoreOnce : public StoreContract {
 protected:
  static Digest DigestOf(std::uint8_t name) {
    Digest digest;
    digest.fill(name);
    return digest;
  }

  Idempotency Once(std::uint8_t key, std::uint8_t request,
                   absl::Time now = kNow) {
    return {DigestOf(key), DigestOf(request), project_, now};
  }

  absl::StatusOr<Created<v1::Webhook>> Create(const v1::Webhook& webhook,
                                              const Idempotency& idempotency) {
    return Await<Created<v1::Webhook>>([&](auto done) {
      store_->CreateWebhook(webhook, idempotency, {}, done);
    });
  }

  absl::StatusOr<Created<v1::Webhook>> Rotate(const v1::Webhook& webhook,
                                              const std::string& secret,
                                              const Idempotency& idempotency) {
    const SecretRotation rotation{webhook.id_webhook_endpoint(), "", secret,
                                  absl::Hours(1), kNow};
    return Await<Created<v1::Webhook>>([&](auto done) {
      store_->RotateSecret(project_, rotation, idempotency, {}, done);
    });
  }

  // Creates a different key in each call.
  absl::StatusOr<Created<v1::CreateApiKeyResponse>> CreateKey(
      const Idempotency& idempotency) {
    v1::CreateApiKeyResponse answer;
    const ProjectAndKey made = MakeProject();
    *answer.mutable_api_key() = made.key;
    answer.mutable_api_key()->set_id_project(project_);
    answer.set_key("whk_of_" + made.key.id_api_key());
    return Await<Created<v1::CreateApiKeyResponse>>([&](auto done) {
      store_->CreateApiKey(answer, made.hash, idempotency, {}, done);
    });
  }

  void DeleteProject() {
    ASSERT_THAT(Await<v1::Project>([&](auto done) {
                  store_->DeleteProject(project_, kNow, {}, done);
                }),
                IsOk());
  }

  int WebhookCount() {
    const auto page = Await<Page<v1::Webhook>>([&](auto done) {
      store_->ListWebhooks(project_, {}, {.size = 1000}, {}, done);
    });
    return static_cast<int>(page->records.size());
  }

  absl::StatusOr<bool> Maintain(absl::Time now) {
    return Await<bool>(
        [&](auto done) { store_->Maintain(now, kRetention, {}, done); });
  }

  const std::string project_ = NewProject();
};

TEST_P(StoreOnce, ARepeatGetsTheFirstAnswerAndChangesNothing) {
  const auto first = Create(MakeWebhook(project_), Once(1, 1));
  ASSERT_THAT(first, IsOk());
  EXPECT_FALSE(first->replayed);
  const auto second = Create(MakeWebhook(project_), Once(1, 1));
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(second->answer.SerializeAsString(),
            first->answer.SerializeAsString());
  EXPECT_EQ(WebhookCount(), 1);
}

TEST_P(StoreOnce, ARepeatAfterAReopeningGetsTheFirstAnswer) {
  const auto first = Create(MakeWebhook(project_), Once(1, 1));
  ASSERT_THAT(first, IsOk());
  Reopen();
  const auto second = Create(MakeWebhook(project_), Once(1, 1));
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->answer.SerializeAsString(),
            first->answer.SerializeAsString());
}

TEST_P(StoreOnce, TheSameKeyWithAnotherRequestIsRefused) {
  ASSERT_THAT(Create(MakeWebhook(project_), Once(1, 1)), IsOk());
  EXPECT_THAT(Create(MakeWebhook(project_), Once(1, 2)),
              StatusIs(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED"));
  EXPECT_EQ(WebhookCount(), 1);
}

TEST_P(StoreOnce, RepeatsAtTheSameTimeArePerformedOnce) {
  Pending<absl::StatusOr<Created<v1::Webhook>>> pending[20];
  for (auto& one : pending) {
    store_->CreateWebhook(MakeWebhook(project_), Once(1, 1), {},
                          one.Completion());
  }
  int performed = 0;
  std::string answer;
  for (auto& one : pending) {
    const auto created = one.Get();
    ASSERT_THAT(created, IsOk());
    performed += created->replayed ? 0 : 1;
    if (answer.empty()) answer = created->answer.SerializeAsString();
    EXPECT_EQ(created->answer.SerializeAsString(), answer);
  }
  EXPECT_EQ(performed, 1);
  EXPECT_EQ(WebhookCount(), 1);
}

TEST_P(StoreOnce, AnotherKeyIsAnotherCall) {
  ASSERT_THAT(Create(MakeWebhook(project_), Once(1, 1)), IsOk());
  ASSERT_THAT(Create(MakeWebhook(project_), Once(2, 1)), IsOk());
  EXPECT_EQ(WebhookCount(), 2);
}

TEST_P(StoreOnce, AnErrorIsNotKept) {
  v1::Webhook nowhere = MakeWebhook(NewId());
  EXPECT_THAT(Create(nowhere, Once(1, 1)),
              StatusIs(absl::StatusCode::kNotFound));
  const auto second = Create(MakeWebhook(project_), Once(1, 1));
  ASSERT_THAT(second, IsOk());
  EXPECT_FALSE(second->replayed);
}

TEST_P(StoreOnce, ACallThatIsValidAsARepeatOnlyIsNotPerformed) {
  Idempotency idempotency = Once(1, 1);
  idempotency.status_if_new = absl::OutOfRangeError("too late");
  EXPECT_THAT(Create(MakeWebhook(project_), idempotency),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_EQ(WebhookCount(), 0);
  const auto first = Create(MakeWebhook(project_), Once(1, 1));
  ASSERT_THAT(first, IsOk());
  EXPECT_FALSE(first->replayed);
  const auto second = Create(MakeWebhook(project_), idempotency);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->answer.SerializeAsString(),
            first->answer.SerializeAsString());
}

TEST_P(StoreOnce, AKeyIsFreeAfterADay) {
  ASSERT_THAT(Create(MakeWebhook(project_), Once(1, 1)), IsOk());
  const absl::Time end = kNow + Idempotency::kRetention;
  EXPECT_TRUE(
      Create(MakeWebhook(project_), Once(1, 1, end - absl::Milliseconds(1)))
          ->replayed);
  const auto later = Create(MakeWebhook(project_), Once(1, 2, end));
  ASSERT_THAT(later, IsOk());
  EXPECT_FALSE(later->replayed);
  EXPECT_TRUE(Create(MakeWebhook(project_), Once(1, 2, end))->replayed);
}

TEST_P(StoreOnce, MaintenanceLeavesAnswersThatAreStillKept) {
  ASSERT_THAT(Create(MakeWebhook(project_), Once(1, 1)), IsOk());
  ASSERT_THAT(Maintain(kNow + Idempotency::kRetention - absl::Seconds(1)),
              IsOk());
  EXPECT_TRUE(Create(MakeWebhook(project_), Once(1, 1))->replayed);
  ASSERT_THAT(Maintain(kNow + Idempotency::kRetention), IsOk());
  EXPECT_FALSE(Create(MakeWebhook(project_), Once(1, 1))->replayed);
}

TEST_P(StoreOnce, ARepeatedRotationReturnsTheFirstSecret) {
  const v1::Webhook webhook = NewWebhook(project_);
  const auto first = Rotate(webhook, "whsec_2", Once(1, 1));
  const auto second = Rotate(webhook, "whsec_3", Once(1, 1));
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(second->answer.secret(), "whsec_2");
  EXPECT_EQ(second->answer.SerializeAsString(),
            first->answer.SerializeAsString());
}

TEST_P(StoreOnce, ARepeatedProjectIsCreatedOnce) {
  const auto create = [&] {
    return Await<Created<v1::Project>>([&](auto done) {
      store_->CreateProject(MakeProject().project, Once(1, 1), {}, done);
    });
  };
  const auto first = create();
  ASSERT_THAT(first, IsOk());
  const auto second = create();
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(second->answer.SerializeAsString(),
            first->answer.SerializeAsString());
}

TEST_P(StoreOnce, ARepeatedKeyIsCreatedOnce) {
  const auto first = CreateKey(Once(1, 1));
  ASSERT_THAT(first, IsOk());
  const auto second = CreateKey(Once(1, 1));
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(second->replayed);
  EXPECT_EQ(second->answer.SerializeAsString(),
            first->answer.SerializeAsString());
  const auto keys = Await<Page<v1::ApiKey>>(
      [&](auto done) { store_->ListApiKeys(project_, {}, {}, done); });
  // Includes the first key of the project.
  EXPECT_EQ(keys->records.size(), 2u);
}

TEST_P(StoreOnce, TheAnswerWithAKeyDoesNotOutliveTheProject) {
  ASSERT_THAT(CreateKey(Once(1, 1)), IsOk());
  DeleteProject();
  const auto not_found =
      StatusIs(absl::StatusCode::kNotFound, "PROJECT_NOT_FOUND");
  EXPECT_THAT(CreateKey(Once(1, 1)), not_found);
  while (*Maintain(kNow)) {
  }
  EXPECT_THAT(CreateKey(Once(1, 1)), not_found);
}

TEST_P(StoreOnce, AnswersAreDeletedWithTheirProject) {
  ASSERT_THAT(Create(MakeWebhook(project_), Once(1, 1)), IsOk());
  DeleteProject();
  while (*Maintain(kNow)) {
  }
  ProjectAndKey made = MakeProject();
  made.project.set_id_project(project_);
  made.key.set_id_project(project_);
  ASSERT_THAT(CreateProject(*store_, made.project, made.key, made.hash),
              IsOk());
  const auto second = Create(MakeWebhook(project_), Once(1, 1));
  ASSERT_THAT(second, IsOk());
  EXPECT_FALSE(second->replayed);
}

TEST_P(StoreOnce, AnswersCanBeReadUnderANewKeyAfterTheyAreSealedAgain) {
  const auto first = Create(MakeWebhook(project_), Once(1, 1));
  Reopen({TestKey(2), TestKey(1)});
  while (*Maintain(kNow)) {
  }
  Reopen({TestKey(2)});
  EXPECT_EQ(
      Create(MakeWebhook(project_), Once(1, 1))->answer.SerializeAsString(),
      first->answer.SerializeAsString());
}

TEST_P(StoreOnce, AnAnswerMadeByAClockThatWasAheadIsNotKeptLonger) {
  const absl::Time ahead = kNow + absl::Hours(24 * 3650);
  const v1::Webhook first = MakeWebhook(project_);
  ASSERT_THAT(Create(first, Once(1, 1, ahead)), IsOk());
  // Later answers must not keep it from expiring.
  for (std::uint8_t i = 2; i < 5; ++i) {
    ASSERT_THAT(Create(MakeWebhook(project_), Once(i, 1)), IsOk());
  }
  const auto maintain = [&](absl::Time now) {
    while (*Await<bool>(
        [&](auto done) { store_->Maintain(now, kRetention, {}, done); })) {
    }
  };
  maintain(kNow);
  EXPECT_TRUE(Create(MakeWebhook(project_), Once(1, 1, kNow))->replayed);
  maintain(kNow + Idempotency::kRetention);
  EXPECT_FALSE(
      Create(MakeWebhook(project_), Once(1, 1, kNow + Idempotency::kRetention))
          ->replayed);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreOnce, ::testing::ValuesIn(AllBackends()),
                         BackendName);

}  // namespace
}  // namespace webhooks::testing
